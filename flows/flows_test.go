package flows

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/locales"
)

// TestEveryQuestionIsAskedSomewhere plays every flow with every single answer
// that opens another way, and looks for a question nobody is ever asked.
func TestEveryQuestionIsAskedSomewhere(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	play := func(first casefile.Reading, pick func(casefile.Question) int) {
		p := newPerson(t).sends(first)
		for _, text := range p.answersAll(pick) {
			asked[text] = true
		}
	}
	nobodyElse := func(prefer map[casefile.Key]int) func(casefile.Question) int {
		return func(q casefile.Question) int {
			if at, ok := prefer[q.Key]; ok {
				return at
			}
			if q.Key == casefile.DeviceWatched {
				return 3
			}
			return min(2, len(q.Options))
		}
	}
	many := []casefile.Fact{
		fact(casefile.Place, "Myawaddy"), fact(casefile.Violence, "threatened"), fact(casefile.Control, "passport_kept"),
		fact(casefile.AgeBand, "adult"), fact(casefile.Freedom, "free"),
	}
	for _, flow := range Names() {
		who := casefile.Reporter(flow)
		play(told(who), nobodyElse(nil))
		play(told(who), nobodyElse(map[casefile.Key]int{casefile.DangerNow: 1}))
		play(told(who), nobodyElse(map[casefile.Key]int{casefile.AgeBand: 1}))
		play(told(who), nobodyElse(map[casefile.Key]int{casefile.Ransom: 1}))
		play(told(who), nobodyElse(map[casefile.Key]int{casefile.Others: 1}))
		play(told(who), nobodyElse(map[casefile.Key]int{casefile.SafeNow: 0, casefile.DeviceWatched: 1}))
		play(told(who, many...), nobodyElse(nil))
	}
	play(casefile.Reading{Lang: casefile.LangUnknown}, nobodyElse(nil))
	play(danger(casefile.SelfHarmHeard), nobodyElse(nil))

	for _, q := range casefile.Questions {
		text := string(q.Flow) + "." + string(q.Key)
		if masked := "disguised." + string(q.Key); q.Flow == casefile.FlowAll && asked[masked] || text == "victim.device_watched" && asked[masked] || text == "victim.danger_now" && asked[masked] {
			continue // only ever asked before the phone is known
		}
		if !asked[text] {
			t.Errorf("%s is a question that no way through the flows ever asks", text)
		}
	}
}

// outside are the texts that other parts of the line say.
var outside = regexp.MustCompile(`^(staff|line|console)\.|^(all|disguised)\.(takeover|handback|canned_[a-z_]+)$|^all\.consent_share$|^disguised\.safe_now$`)

// TestEveryTextIsSaidByTheFlows compares the keys in the source with the locales,
// both ways: a text nobody says is as wrong as one that is missing.
func TestEveryTextIsSaidByTheFlows(t *testing.T) {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	sources, err := filepath.Glob("*.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("read the sources: %v", err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"((?:all|disguised|victim|family|witness|returnee|info)\.[a-z_]+)"`).FindAllStringSubmatch(string(raw), -1) {
			if m[1] != "witness.danger_now" {
				said[m[1]] = true
			}
		}
	}
	for _, flow := range Conversations() {
		for _, n := range list(flow) {
			said[n.wording(false)], said[n.wording(true)] = true, true
		}
		if flow != casefile.FlowAll && flow != casefile.FlowVictim {
			said[string(flow)+".thanks"] = true
		}
	}
	for _, text := range unpaid {
		said["sms."+text] = true
	}
	for text := range said {
		for _, lang := range book.Langs() {
			if !book.Has(lang, text) {
				t.Errorf("the flows say %s, which %s.toml lacks", text, lang)
			}
		}
	}
	for _, key := range book.Keys() {
		if !said[key] && !outside.MatchString(key) {
			t.Errorf("nobody ever says %s", key)
		}
	}
}

// TestAReleaseBreaksNoConversation takes sessions as other releases may have
// written them, and goes on at the first question not answered yet.
func TestAReleaseBreaksNoConversation(t *testing.T) {
	t.Parallel()
	ms := `"i":1772625600000,"o":1772625600000` // noon, when they last wrote
	for name, c := range map[string]struct {
		stored string
		want   []string
	}{
		"the waiting question is gone":     {`{"v":0,"s":"asking","l":"id","f":"family","r":"family","a":"wages_owed","d":["danger_now","wages_owed"],"x":[{"k":"safe_now","v":"yes","h":"answered"},{"k":"danger_now","v":"no","h":"answered"}],` + ms + `}`, []string{"all.privacy", "family.age_band"}},
		"the questions stood otherwise":    {`{"v":1,"s":"asking","l":"id","f":"family","r":"family","a":"told","d":["country","told"],"p":true,"x":[{"k":"safe_now","v":"yes","h":"answered"},{"k":"country","v":"MM","h":"answered"},{"k":"told","v":"nothing","h":"answered"}],` + ms + `}`, []string{"family.danger_now"}},
		"an answer nobody knows any more":  {`{"v":1,"s":"asking","l":"id","f":"victim","r":"victim","a":"","d":["danger_now"],"x":[{"k":"safe_now","v":"yes","h":"answered"},{"k":"danger_now","v":"perhaps","h":"guessed"},{"k":"mood","v":"bad","h":"answered"}],` + ms + `}`, []string{"disguised.device_watched"}},
		"a flow nobody knows any more":     {`{"v":1,"s":"asking","l":"id","f":"prevention","a":"offer","d":["offer"],"x":[{"k":"safe_now","v":"yes","h":"answered"}],` + ms + `}`, []string{"disguised.danger_who"}},
		"a stage nobody knows any more":    {`{"v":7,"s":"resting","l":"id","f":"family","r":"family","a":"","x":[{"k":"safe_now","v":"yes","h":"answered"},{"k":"danger_now","v":"no","h":"answered"}],"p":true,"z":{"new":true},` + ms + `}`, []string{"family.thanks", "family.age_band"}},
		"nothing but a stage":              {`{"s":"asking"}`, []string{"all.safe_now"}},
		"the flow is known, not the voice": {`{"v":1,"s":"asking","l":"id","f":"witness","a":"","x":[{"k":"safe_now","v":"yes","h":"answered"},{"k":"danger_now","v":"no","h":"answered"}],"p":true,` + ms + `}`, []string{"witness.thanks", "witness.self_safe"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := seal.DecodeSession([]byte(c.stored))
			if err != nil {
				t.Fatal(err)
			}
			p := newPerson(t)
			p.s, p.now = s, noon.Add(time.Minute)
			p.sends(told(casefile.ReporterUnknown)).hears(c.want...)
			if p.s.Version != casefile.SessionVersion {
				t.Errorf("the session is of version %d, want %d", p.s.Version, casefile.SessionVersion)
			}
			p.answersAll(func(q casefile.Question) int { return min(2, len(q.Options)) })
			if p.s.Stage != casefile.StageDone {
				t.Errorf("the conversation ends in stage %q, want done", p.s.Stage)
			}
		})
	}
}

func TestBackAsksThePreviousQuestionAgainAndTakesNothingBack(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Family).types(1).types(1).hears("all.told", "all.deadline").types(4).hears("all.privacy", "family.age_band")
	p.sends(command(casefile.BackCommand)).hears("all.deadline")
	p.sends(command(casefile.BackCommand)).hears("family.danger_now").types(2).taught(casefile.DangerNow, "no", casefile.Answered).
		hears("family.age_band")
	if !p.s.Facts.Has(casefile.DangerNow, "yes") {
		t.Error("going back took a danger back")
	}
	newPerson(t).first(casefile.Family).types(1).sends(command(casefile.BackCommand)).hears("family.danger_now")
	newPerson(t).first(casefile.Family).sends(command(casefile.BackCommand)).hears("all.safe_now")
	// A session of another release may wait for what was never noted as asked.
	older := newPerson(t).first(casefile.Family).types(1).types(2)
	older.s.Asked = older.s.Asked[:1]
	older.sends(command(casefile.BackCommand)).hears("family.danger_now")
	// What may not be asked on this phone is not asked by going back either.
	watched := newPerson(t).first(casefile.Victim).types(1).types(2).types(3).types(1).types(1).types(2).hears("victim.violence")
	watched.waits(14 * time.Minute).types(4).waits(2 * time.Minute).sends(command(casefile.BackCommand)).hears("disguised.age_band")
}

func TestHelpIsGivenAndTheQuestionRepeated(t *testing.T) {
	t.Parallel()
	newPerson(t).first(casefile.Family).types(1).sends(command(casefile.HelpCommand)).hears("all.help", "family.danger_now")
	newPerson(t).first(casefile.Victim).types(1).sends(command(casefile.HelpCommand)).hears("disguised.help", "disguised.danger_now")
	newPerson(t).first(casefile.Victim).sends(command(casefile.HelpCommand)).hears("disguised.help", "all.safe_now")
	sms := newPerson(t)
	sms.short = true
	sms.first(casefile.Victim).types(1).sends(command(casefile.HelpCommand)).hears("disguised.help")
	burst := newPerson(t).first(casefile.Family).types(1)
	burst.sends(burst.choice(2), command(casefile.HelpCommand)).hears("all.help", "all.privacy", "family.age_band")
}

func TestBurstsWithACommandLoseNothing(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).types(1)
	p.sends(command(casefile.WipeCommand), command(casefile.QuietCommand)).hears().does(Hush{WhyQuiet}, Wipe{})
	newPerson(t).first(casefile.Victim).sends(command(casefile.WipeCommand), casefile.Reading{
		Choice: true, Answers: []casefile.Answer{{Key: casefile.SafeNow, Values: []string{"no"}, Pending: true}},
	}).hears().does(Hush{WhyUnsafe}, Wipe{})
	q := newPerson(t).first(casefile.Family)
	q.sends(q.choice(1), command(casefile.HelpCommand)).hears("disguised.help", "family.thanks", "family.danger_now")
	takeover := newPerson(t).first(casefile.Family)
	takeover.human = true
	takeover.types(1).does(Silence{SilentStaff})
	english := command(casefile.LangCommand)
	english.Answers = []casefile.Answer{{Key: casefile.Language, Values: []string{"en"}}}
	takeover.sends(english).hears("all.language_switched").does()
	takeover.human = false
	takeover.sends(told(casefile.Family)).hears("family.thanks", "family.danger_now")
}

func TestTheLanguageQuestionIsRepeatedAsItIs(t *testing.T) {
	t.Parallel()
	p := newPerson(t).sends(casefile.Reading{Lang: casefile.LangUnknown}).types(1).hears("all.language").writesUnclear().hears("all.language").
		writesUnclear().hears("disguised.human").does(HandOver{WhyUnreadable})
	p.sends(command(casefile.BackCommand)).hears("disguised.ack")
}

func TestAPersonAskedForIsAwaitedKindly(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Family).types(1).sends(command(casefile.HumanCommand)).hears("all.human").
		does(HandOver{WhyAsked}).taught(casefile.HumanAsked, "yes", casefile.Noted)
	p.sends(told(casefile.Family)).hears("all.ack_human").sends(told(casefile.Family)).hears().does(Silence{SilentWaiting})
	p.waits(time.Hour).sends(told(casefile.Family)).hears("all.safe_now").types(1).hears("family.danger_now")
	// Asked for in the first message, a person is called at once.
	newPerson(t).sends(command(casefile.HumanCommand)).hears("all.safe_now").does(HandOver{WhyAsked})
	newPerson(t).first(casefile.Victim).sends(command(casefile.HumanCommand)).hears("disguised.human").does(HandOver{WhyAsked})
}

func TestAnEnquiryIsAnswered(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Info).types(1).hears("info.thanks", "info.departure").types(3).hears("info.offer_signs").
		types(1, 4).hears("info.about_tourist_visa", "info.about_passport_with_agent", "info.close").does()
	p.sends(told(casefile.Info)).hears("info.close").does().sends(told(casefile.Info)).hears("all.close").does(HandOver{WhyFlowEnd})
	newPerson(t).first(casefile.Info).types(1).types(4).types(5).hears("info.about_none", "info.close").does()
	newPerson(t).first(casefile.Info).types(1).types(1).types(5).hears("info.on_the_way", "info.about_none", "all.close").does(HandOver{WhyFlowEnd})
	newPerson(t).first(casefile.Info).types(1).types(4).types(5).sends(command(casefile.HumanCommand)).does(HandOver{WhyAsked})
	sms := newPerson(t)
	sms.short = true
	sms.first(casefile.Info).types(1).hears("info.departure").types(3).types(1, 2).hears("info.signs", "info.close")
	watched := newPerson(t).first(casefile.Info).types(0).types(3).types(1)
	watched.hears("disguised.human").does(HandOver{WhyFlowEnd})
}

func TestWhatIsNotSaidIsNotAnswered(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).waits(time.Minute)
	last := p.s.LastIn
	for _, kind := range []casefile.MessageKind{casefile.KindBlocked, casefile.KindUnreadable, casefile.KindUnknown, casefile.KindMigrated, casefile.KindStatus} {
		p.sends(casefile.Reading{Kind: kind}).hears().does(Silence{SilentNothingSaid})
	}
	if !p.s.LastIn.Equal(last) {
		t.Error("what nobody said counts as their last message")
	}
}

func TestATakenPhoneClosesTheNormalPack(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim, fact(casefile.Place, "Myawaddy")).types(1).types(2).types(3).types(1).types(2).types(4).types(4)
	p.hears("victim.control").types(1, 4).hears("disguised.human").does(HandOver{WhyFlowEnd})
	// In a report about somebody else it is their phone that was taken.
	family := newPerson(t).first(casefile.Family, fact(casefile.Control, "phone_taken")).types(1)
	if disguised(family.s, family.now) {
		t.Error("a family was disguised because of the phone of somebody else")
	}
}

func TestTheHintSpeaksBeforeTheyDo(t *testing.T) {
	t.Parallel()
	r := casefile.Reading{Kind: casefile.KindText, Lang: casefile.LangUnknown, Choice: true}
	s, effects := Step(casefile.Session{}, Input{Now: noon, Readings: []casefile.Reading{r}, Hint: casefile.English})
	if say, ok := effects[0].(Say); !ok || say.Text != "all.safe_now" || say.Lang != casefile.English || s.Lang != casefile.English {
		t.Errorf("answered %+v in a session in %q", effects, s.Lang)
	}
}

func TestHearingListensForWhatWasAsked(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	if h := Hearing(p.s, p.now); h.Pending.Key != "" || h.Open != nil {
		t.Errorf("before anything was asked hear listens for %+v", h)
	}
	p.first(casefile.Victim)
	if h := Hearing(p.s, p.now); h.Pending.Key != casefile.SafeNow || h.Hint != casefile.Indonesian {
		t.Errorf("after the opening line hear listens for %+v", h)
	}
	p.types(1).types(2).types(1)
	h := Hearing(p.s, p.now)
	if h.Pending.Key != casefile.Freedom || len(h.Pending.Options) != 5 {
		t.Errorf("on a watched phone hear listens for %+v, want the five answers that are offered", h.Pending)
	}
	open := func(q casefile.Question) casefile.Key { return q.Key }
	var keys []casefile.Key
	for _, q := range h.Open {
		keys = append(keys, open(q))
	}
	if want := []casefile.Key{casefile.Country, casefile.Recontact}; !slices.Equal(keys, want) {
		t.Errorf("the other open questions are %q, want %q", keys, want)
	}
	p.types(2)
	if h := Hearing(p.s, p.now); h.Pending.Key != casefile.Country || !h.Pending.Digitless || h.Pending.Open != casefile.OpenPlace {
		t.Errorf("at the open question hear listens for %+v, want a place and no digits", h.Pending)
	}
	p.sends(command(casefile.HumanCommand))
	if h := Hearing(p.s, p.now); h.Pending.Key != "" {
		t.Errorf("while a person is awaited hear listens for %+v", h.Pending)
	}
}

func BenchmarkStep(b *testing.B) {
	s := casefile.Session{
		Stage: casefile.StageAsking, Flow: casefile.FlowVictim, Reporter: casefile.Victim, Asking: casefile.Control, Lang: casefile.Indonesian,
		Asked:  []casefile.Key{casefile.DangerNow, casefile.DeviceWatched, casefile.Country, casefile.Freedom, casefile.AgeBand, casefile.Violence, casefile.Health, casefile.Control},
		LastIn: noon, Opened: noon, Nobody: noon, Privacy: true,
	}
	for _, f := range []casefile.Fact{
		fact(casefile.SafeNow, "yes"), fact(casefile.DangerNow, "no"), fact(casefile.DeviceWatched, "nobody"), fact(casefile.Country, "MM"),
		fact(casefile.Freedom, "locked"), fact(casefile.AgeBand, "adult"), fact(casefile.Violence, "beaten"), fact(casefile.Health, "none"),
		fact(casefile.Who, "victim"), fact(casefile.Place, "Myawaddy"), fact(casefile.Hardship, "overtime"), fact(casefile.Threat, "sell"),
	} {
		f.How = casefile.Answered
		s.Facts = append(s.Facts, f)
	}
	in := Input{Now: noon.Add(time.Minute), Urgency: judge, Readings: []casefile.Reading{{
		Kind: casefile.KindText, Choice: true, Answers: []casefile.Answer{{Key: casefile.Control, Values: []string{"passport_kept", "pay_held"}, Pending: true}},
	}}}
	b.ReportAllocs()
	for b.Loop() {
		Step(s, in)
	}
}
