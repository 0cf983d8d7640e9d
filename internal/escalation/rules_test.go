package escalation

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pulang/internal/casefile"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

var start = time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)

// facts reads "freedom=locked"; "danger_now=" is a skipped question, and
// "~freedom=locked" was heard in free text. They are learned a minute apart.
func facts(words ...string) casefile.Facts {
	var fs casefile.Facts
	for i, w := range words {
		key, value, _ := strings.Cut(w, "=")
		how := casefile.Answered
		if value == "" {
			how = casefile.Skipped
		}
		if own, ok := strings.CutPrefix(key, "~"); ok {
			key, how = own, casefile.Heard
		}
		fs = append(fs, casefile.Fact{Key: casefile.Key(key), Value: casefile.Hide(value), How: how, At: start.Add(time.Duration(i) * time.Minute)})
	}
	return fs
}

var (
	victim  = About{Reporter: casefile.Victim, Flow: casefile.FlowVictim}
	family  = About{Reporter: casefile.Family, Flow: casefile.FlowFamily}
	witness = About{Reporter: casefile.Witness, Flow: casefile.FlowWitness}
	back    = About{Reporter: casefile.Returnee, Flow: casefile.FlowReturnee}
	asking  = About{Reporter: casefile.Info, Flow: casefile.FlowInfo}
	nobody  = About{Reporter: casefile.ReporterUnknown}
)

// least says, for every rule, its level and the least facts that fire it: each
// one is needed, and the report then is exactly as urgent as total.
var least = []struct {
	rule  string
	level casefile.Urgency
	about About
	facts string
	total casefile.Urgency
}{
	{"C1", casefile.Critical, victim, "danger_now=yes", casefile.Critical},
	{"C1", casefile.Critical, family, "danger_now=yes", casefile.Critical},
	{"C1", casefile.Critical, witness, "danger_now=yes", casefile.Critical},
	{"C1", casefile.Critical, nobody, "danger_who=me", casefile.Critical},
	{"C1", casefile.Critical, nobody, "danger_who=other", casefile.Critical},
	{"C1", casefile.Critical, nobody, "acute=violence_now", casefile.Critical},
	{"C1", casefile.Critical, asking, "acute=unconscious_or_dead", casefile.Critical},
	{"C1", casefile.Critical, family, "threat=kill deadline=tomorrow", casefile.Critical},
	{"C1", casefile.Critical, family, "threat=kill deadline_at=2026-03-02T06:00:00+07:00", casefile.Critical},
	{"C1", casefile.Critical, back, "danger_now=yes deadline=now", casefile.Critical},
	{"C1b", casefile.Critical, witness, "when=now seen=hurt", casefile.Critical},
	{"C2", casefile.Critical, victim, "self_harm=yes", casefile.Critical},
	{"C2", casefile.Critical, back, "danger_now=self_harm", casefile.Critical},
	{"C2", casefile.Critical, victim, "self_harm_ask=unsure", casefile.Critical},
	{"C3", casefile.Critical, victim, "freedom=locked violence=beaten", casefile.Critical},
	{"C3", casefile.Critical, victim, "freedom=locked violence=yes", casefile.Critical},
	{"C3", casefile.Critical, victim, "freedom=locked deprived=tied", casefile.Critical},
	{"C3", casefile.Critical, family, "told=locked told=hurt", casefile.Critical},
	{"C3", casefile.Critical, witness, "seen=locked seen=hurt", casefile.Critical},
	{"C4", casefile.Critical, victim, "freedom=running", casefile.Critical},
	{"C4", casefile.Critical, victim, "moving=sold", casefile.Critical},
	{"C4", casefile.Critical, victim, "threat=sell deadline=today", casefile.Critical},
	{"C5", casefile.Critical, victim, "age_band=under18 freedom=locked", casefile.Critical},
	{"C5", casefile.Critical, victim, "health=with_child violence=abused", casefile.Critical},
	{"C5", casefile.Critical, witness, "seen=child seen=forced_sex", casefile.Critical},
	{"C6", casefile.Critical, victim, "freedom=locked health=injured", casefile.Critical},
	{"C7", casefile.Critical, family, "ransom=unpaid ransom_when=today_or_tomorrow", casefile.Critical},
	{"C7", casefile.Critical, family, "ransom=paid threat=sell", casefile.Critical},
	{"C7", casefile.Critical, family, "ransom=unpaid proof=violence", casefile.Critical},
	{"C7", casefile.Critical, family, "ransom=unpaid told=hurt", casefile.Critical},
	{"CRYb", casefile.Critical, nobody, "cry=yes silence=cry", casefile.Critical},
	{"CRYb", casefile.Critical, nobody, "cry=yes danger_who=unsure", casefile.Critical},
	{"H14b", casefile.Critical, family, "safe_now=no control=must_pay", casefile.Critical},
	{"H14b", casefile.Critical, victim, "safe_now=no freedom=locked", casefile.Critical},
	{"H10b", casefile.Critical, victim, "people=many freedom=locked", casefile.Critical},
	{"H10b", casefile.Critical, witness, "count=20 seen=locked", casefile.Critical},

	{"H1", casefile.High, victim, "freedom=locked", casefile.High},
	{"H1", casefile.High, victim, "freedom=escorted", casefile.High},
	{"H2", casefile.High, victim, "violence=beaten", casefile.High},
	{"H2", casefile.High, victim, "violence=abused", casefile.High},
	{"H3", casefile.High, victim, "control=must_pay control=passport_kept", casefile.High},
	{"H3", casefile.High, victim, "control=must_pay violence=threatened", casefile.High},
	{"H3", casefile.High, family, "ransom=unpaid", casefile.High},
	{"H4", casefile.High, victim, "forced_work=sex", casefile.High},
	{"H4", casefile.High, witness, "seen=forced_sex", casefile.High},
	{"H5", casefile.High, victim, "age_band=under18", casefile.High},
	{"H5", casefile.High, victim, "health=with_child", casefile.High},
	{"H5", casefile.High, back, "child=exploited", casefile.High},
	{"H6", casefile.High, victim, "control=passport_kept forced_work=online", casefile.High},
	{"H6", casefile.High, family, "told=passport_kept told=forced_work", casefile.High},
	{"H6", casefile.High, victim, "control=pay_held forced_work=other", casefile.High},
	{"H7", casefile.High, family, "last_contact=weeks country=KH", casefile.High},
	{"H7", casefile.High, family, "last_contact=weeks country=", casefile.High},
	{"H7", casefile.High, family, "last_contact=unknown livelihood=fishing", casefile.High},
	{"H7", casefile.High, family, "last_contact=months", casefile.High},
	{"H8", casefile.High, victim, "danger_now=unsure", casefile.High},
	{"H8", casefile.High, victim, "danger_now= control=passport_kept", casefile.High},
	{"H8", casefile.High, nobody, "danger_who=unsure", casefile.High},
	{"H8b", casefile.High, witness, "self_safe=unsafe", casefile.High},
	{"H9", casefile.High, back, "danger_now=yes", casefile.High},
	{"H9", casefile.High, back, "pressure=threatened", casefile.High},
	{"H9", casefile.High, back, "legal_status=soon", casefile.High},
	{"H10", casefile.High, victim, "people=few forced_work=online", casefile.High},
	{"H10", casefile.High, victim, "count=3 forced_work=online", casefile.High},
	{"H11", casefile.High, victim, "freedom=detained", casefile.High},
	{"H12", casefile.High, victim, "health=injured", casefile.High},
	{"H12", casefile.High, victim, "health=pregnant freedom=escorted", casefile.High},
	{"H13", casefile.High, asking, "departure=on_the_way", casefile.High},
	{"H13", casefile.High, asking, "departure=this_week offer_signs=tourist_visa offer_signs=no_contract", casefile.High},
	{"H13", casefile.High, asking, "offer_signs=passport_with_agent", casefile.High},
	{"H14", casefile.High, victim, "safe_now=no", casefile.High},
	{"H14", casefile.High, nobody, "safe_now=no", casefile.High},
	{"H15", casefile.High, victim, "freedom=locked retraction=yes", casefile.High},
	{"H15", casefile.High, victim, "freedom=locked quieted=stop", casefile.High},
	{"H15", casefile.High, victim, "freedom=locked forget_asked=yes", casefile.High},
	{"CRY", casefile.High, nobody, "cry=yes", casefile.High},
	{"DANGER", casefile.High, victim, "control=must_pay", casefile.High},
	{"DANGER", casefile.High, family, "plea=yes", casefile.High},
	{"DANGER", casefile.High, victim, "~violence=threatened", casefile.High},
	{"M5b", casefile.High, victim, "freedom=locked silence=indicator", casefile.High},
	{"M6b", casefile.High, nobody, "silence=first_message country=KH", casefile.High},

	{"M1", casefile.Medium, victim, "deceived=yes control=passport_kept", casefile.Medium},
	{"M1", casefile.Medium, victim, "control=pay_held violence=threatened", casefile.Medium},
	{"M1", casefile.Medium, victim, "control=phone_taken hardship=overtime", casefile.Medium},
	{"M1", casefile.Medium, victim, "hardship=conditions hardship=fine", casefile.Medium},
	{"M1", casefile.Medium, nobody, "promised=Thailand place=Myawaddy control=passport_kept", casefile.Medium},
	{"M2", casefile.Medium, victim, "forced_work=online", casefile.Medium},
	{"M3", casefile.Medium, family, "last_contact=days", casefile.Medium},
	{"M3", casefile.Medium, family, "last_contact=weeks", casefile.Medium},
	{"M4", casefile.Medium, back, "pressure=asked_back", casefile.Medium},
	{"M5", casefile.Medium, victim, "silence=indicator", casefile.Medium},
	{"M6", casefile.Medium, nobody, "silence=first_message", casefile.Medium},
	{"M7", casefile.Medium, victim, "livelihood=domestic control=phone_taken", casefile.Medium},
	{"M7", casefile.Medium, victim, "livelihood=fishing control=pay_held", casefile.Medium},
	{"M7", casefile.Medium, victim, "livelihood=forced_marriage", casefile.Medium},
	{"M7", casefile.Medium, asking, "age_band=under18", casefile.Medium},
	{"M7", casefile.Medium, back, "age_band=under18", casefile.Medium},
	{"M7", casefile.Medium, back, "health=soon", casefile.Medium},
	{"M8", casefile.Medium, witness, "danger_now=unsure", casefile.Medium},
	{"M8", casefile.Medium, back, "danger_now=unsure", casefile.Medium},
}

func (a Assessment) rule(id string) (Fired, bool) {
	i := slices.IndexFunc(a.Fired, func(f Fired) bool { return f.Rule == id })
	if i < 0 {
		return Fired{}, false
	}
	return a.Fired[i], true
}

func TestEachRuleFiresOnItsLeastFactsAndOnNoFewer(t *testing.T) {
	t.Parallel()
	for _, c := range least {
		t.Run(c.rule+" "+c.facts, func(t *testing.T) {
			t.Parallel()
			fs := facts(strings.Fields(c.facts)...)
			a := Assess(fs, c.about)
			fired, ok := a.rule(c.rule)
			if !ok || fired.Level != c.level || a.Urgency != c.total {
				t.Fatalf("fired %v at %v, report %v; want %v and %v (all: %v)", ok, fired.Level, a.Urgency, c.level, c.total, a.Fired)
			}
			if len(fired.Because) == 0 {
				t.Error("the rule doesn't say which facts fired it")
			}
			if !a.Queue {
				t.Error("the report is not in the staff queue")
			}
			for i := range fs {
				without := slices.Delete(slices.Clone(fs), i, i+1)
				if _, ok := Assess(without, c.about).rule(c.rule); ok {
					t.Errorf("fires without fact %d as well", i)
				}
			}
		})
	}
}

func TestNoRuleIsUntested(t *testing.T) {
	t.Parallel()
	for i, r := range Rules {
		at := slices.IndexFunc(least, func(c struct {
			rule  string
			level casefile.Urgency
			about About
			facts string
			total casefile.Urgency
		}) bool {
			return c.rule == r.ID && c.level == r.Level
		})
		if at < 0 {
			t.Errorf("rule %s at %v has no line in the table least", r.ID, r.Level)
		}
		if place(r.ID) != i {
			t.Errorf("rule %s is there twice", r.ID)
		}
		if r.Why == "" {
			t.Errorf("rule %s doesn't say why", r.ID)
		}
	}
}

func TestWhatMustNotFire(t *testing.T) {
	t.Parallel()
	cases := []struct {
		about About
		facts string
		want  casefile.Urgency
	}{
		{family, "danger_now=unsure", casefile.Low}, // H8: family unsure alone never
		{victim, "danger_now=", casefile.Low},       // H8: only after an indicator
		{family, "safe_now=no", casefile.Low},       // H14: a family at home
		{asking, "safe_now=no", casefile.Low},       // H14: clearly information
		{victim, "retraction=yes", casefile.Low},    // H15: only on HIGH
		{family, "last_contact=weeks country=MY", casefile.Medium},
		{victim, "freedom=escorted violence=beaten", casefile.High}, // an escort is not C3
		{victim, "freedom=out", casefile.Low},
		{victim, "people=many", casefile.Low},
		{victim, "people=many forced_work=online", casefile.High}, // ten under MEDIUM is not CRITICAL
		{victim, "count=2 forced_work=online", casefile.Medium},
		{asking, "silence=first_message", casefile.Low},
		{asking, "departure=this_week offer_signs=tourist_visa", casefile.Low},
		{back, "needs=documents", casefile.Low},
		{family, "threat=kill deadline_at=2026-03-20T06:00:00+07:00", casefile.High},
		{nobody, "promised=Thailand place=Thailand control=passport_kept", casefile.Low},
	}
	for _, c := range cases {
		if got := Assess(facts(strings.Fields(c.facts)...), c.about).Urgency; got != c.want {
			t.Errorf("%s: %v, want %v", c.facts, got, c.want)
		}
	}
}

func TestANumberFromAHubCountryRaisesASilentFirstMessage(t *testing.T) {
	t.Parallel()
	about := nobody
	about.NumberCountry = "MM"
	if got := Assess(facts("silence=first_message"), about).Urgency; got != casefile.High {
		t.Errorf("%v, want high", got)
	}
}

// anyFact draws one fact of the dictionary, skipped ones among them.
func anyFact(t *rapid.T, at int) casefile.Fact {
	e := rapid.SampledFrom(casefile.Dictionary).Draw(t, "entry")
	values := append([]string{""}, e.Values...)
	if e.Values == nil {
		values = append(values, "KH", "3", "12", "Poipet", "2026-03-02T06:00:00+07:00")
	}
	value := rapid.SampledFrom(values).Draw(t, "value")
	how := casefile.Heard
	if value == "" {
		how = casefile.Skipped
	}
	return casefile.Fact{Key: e.Key, Value: casefile.Hide(value), How: how, At: start.Add(time.Duration(at) * time.Minute)}
}

func anyAbout(t *rapid.T) About {
	about := rapid.SampledFrom([]About{victim, family, witness, back, asking, nobody}).Draw(t, "about")
	if rapid.Bool().Draw(t, "lowered") {
		about.LoweredTo = casefile.Urgency(rapid.IntRange(0, 3).Draw(t, "to"))
		about.LoweredAt = start.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, "when")) * time.Minute)
	}
	return about
}

func TestMoreFactsNeverLower(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		about := anyAbout(t)
		var fs casefile.Facts
		before := Assess(fs, about)
		for i := range 12 {
			fs = append(fs, anyFact(t, i))
			after := Assess(fs, about)
			if after.Urgency < before.Urgency || len(after.Fired) < len(before.Fired) || before.Queue && !after.Queue || len(after.Danger) < len(before.Danger) {
				t.Fatalf("fact %d (%s) lowered %+v to %+v", i, fs[i].Key, before, after)
			}
			before = after
		}
	})
}

func TestACaseNeverFallsWhenWeLearnWhoWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var fs casefile.Facts
		stands := casefile.Low
		for i := range 12 {
			fs = append(fs, anyFact(t, i))
			about := rapid.SampledFrom([]About{victim, family, witness, back, asking, nobody}).Draw(t, "about")
			about.Stands = stands
			if got := Assess(fs, about).Urgency; got < stands {
				t.Fatalf("fell from %v to %v", stands, got)
			} else {
				stands = got
			}
		}
	})
}

func TestDangerIsNeverLessThanHigh(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		about := rapid.SampledFrom([]About{victim, family, witness, back, asking, nobody}).Draw(t, "about")
		a := Assess(casefile.Facts{anyFact(t, 0)}, about)
		if len(a.Danger) > 0 && a.Urgency < casefile.High {
			t.Fatalf("danger at %v only", a.Urgency)
		}
	})
}

func TestAfterALoweringOnlyLaterFactsRaise(t *testing.T) {
	t.Parallel()
	fs := facts("freedom=locked", "violence=beaten", "control=passport_kept", "forced_work=online")
	about := victim
	about.LoweredTo, about.LoweredAt = casefile.Medium, fs[3].At.Add(time.Second)
	a := Assess(fs, about)
	if a.Urgency != casefile.Medium {
		t.Errorf("right after the lowering: %v, want medium", a.Urgency)
	}
	if _, ok := a.rule("C3"); !ok {
		t.Error("C3 is no longer listed")
	}
	later := append(slices.Clone(fs), casefile.Fact{Key: casefile.Recruiter, Value: casefile.Hide("friend"), At: about.LoweredAt.Add(time.Minute)})
	if got := Assess(later, about).Urgency; got != casefile.Medium {
		t.Errorf("a later fact that supports no rule raised to %v", got)
	}
	later = append(later, casefile.Fact{Key: casefile.Health, Value: casefile.Hide("injured"), At: about.LoweredAt.Add(2 * time.Minute)})
	if got := Assess(later, about).Urgency; got != casefile.Critical {
		t.Errorf("injured, learned later, and locked: %v, want critical", got)
	}
}

func TestSomebodyTakingItBackOnALoweredCaseIsNotAnAlarm(t *testing.T) {
	t.Parallel()
	fs := facts("freedom=locked", "retraction=yes")
	about := victim
	about.LoweredAt = fs[0].At.Add(time.Second) // to LOW
	if got := Assess(fs, about).Urgency; got != casefile.Low {
		t.Errorf("%v, want low: H15 is for open HIGH and CRITICAL cases", got)
	}
	about.LoweredTo = casefile.High
	a := Assess(fs, about)
	if _, ok := a.rule("H15"); !ok || !a.HasNewDanger(1) {
		t.Error("on a HIGH case taking it back must be danger again")
	}
}

func TestNewDangerIsSeen(t *testing.T) {
	t.Parallel()
	fs := facts("freedom=locked", "recruiter=friend", "health=injured")
	a := Assess(fs, victim)
	if !slices.Equal(a.Danger, []int{0, 2}) {
		t.Errorf("danger at %v, want 0 and 2", a.Danger)
	}
	if !a.HasNewDanger(2) || a.HasNewDanger(3) {
		t.Error("only fact 2 is new when two were known")
	}
}

func TestPalermoLine(t *testing.T) {
	t.Parallel()
	cases := []struct {
		facts string
		want  Palermo
	}{
		{"", NotEnough},
		{"deceived=yes", Partial},
		{"recruiter=friend deceived=yes", Partial},
		{"recruiter=friend deceived=yes forced_work=online", Strong},
		{"recruiter=friend forced_work=online", Partial},
		{"recruiter=friend forced_work=online age_band=under18", Strong},
		{"recruiter=unknown country=ID forced_work=none", NotEnough},
	}
	for _, c := range cases {
		if got := Assess(facts(strings.Fields(c.facts)...), victim).Palermo; got != c.want {
			t.Errorf("%s: %s, want %s", c.facts, got, c.want)
		}
	}
}

func TestEachIndicatorAndFlag(t *testing.T) {
	t.Parallel()
	indicators := map[int]string{1: "threat=police", 2: "deceived=yes", 3: "freedom=escorted", 4: "control=phone_taken", 5: "violence=beaten",
		6: "violence=threatened", 7: "control=passport_kept", 8: "control=pay_held", 9: "control=must_pay", 10: "hardship=conditions", 11: "hardship=overtime"}
	for ilo := 1; ilo <= 11; ilo++ {
		if got := Assess(facts(indicators[ilo]), victim).Indicators; !slices.Contains(got, ilo) {
			t.Errorf("%s: indicators %v, want %d among them", indicators[ilo], got, ilo)
		}
	}
	set := map[string]string{FlagCoercion: "retraction=yes", FlagChild: "age_band=under18", FlagMedical: "health=injured", FlagSexual: "violence=abused",
		FlagSelfHarm: "self_harm=yes", FlagDeadline: "deadline=today", FlagGroup: "people=few", FlagConflict: "recruiter=family", FlagForget: "forget_asked=yes", FlagSupervisor: "people=many freedom=locked"}
	if len(set) != len(flags) {
		t.Errorf("%d flags tested of %d", len(set), len(flags))
	}
	for flag, words := range set {
		if got := Assess(facts(strings.Fields(words)...), victim).Flags; !slices.Contains(got, flag) {
			t.Errorf("%s: flags %v, want %s among them", words, got, flag)
		}
	}
}

func TestQueue(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{"": false, "language=id": false, "departure=later": false, "control=passport_kept": true,
		"human_asked=yes": true, "danger_now=": true, "shared_media=photo": true, "needs=legal": true}
	for words, want := range cases {
		if got := Assess(facts(strings.Fields(words)...), victim).Queue; got != want {
			t.Errorf("%q: queue %v, want %v", words, got, want)
		}
	}
}

// Every value a condition names must be a meaning of the dictionary: a slip of
// the pen would be a rule that never fires.
func TestRulesSpeakTheDictionary(t *testing.T) {
	t.Parallel()
	page := RulesPage()
	found := 0
	for _, m := range regexp.MustCompile(`([a-z_]+) = ([a-zA-Z0-9_/]+)`).FindAllStringSubmatch(page, -1) {
		entry, ok := casefile.Lookup(casefile.Key(m[1]))
		if !ok {
			t.Errorf("%s is not in the dictionary", m[1])
		}
		for _, value := range strings.Split(m[2], "/") {
			found++
			if entry.Values != nil && !slices.Contains(entry.Values, value) && entry.Key != casefile.Country {
				t.Errorf("%s = %s: not a meaning of the dictionary", m[1], value)
			}
		}
	}
	if found < 100 {
		t.Errorf("read only %d values from the page", found)
	}
}

func TestThePageExplainsEveryWord(t *testing.T) {
	t.Parallel()
	page := RulesPage()
	for _, word := range regexp.MustCompile(`\*[a-z0-9][a-z0-9 ,]+\*`).FindAllString(page, -1) {
		if word != "*and*" && !strings.Contains(page, "\n| "+word+" | ") {
			t.Errorf("%s is not among the words", word)
		}
	}
}

func TestRulesPageIsUpToDate(t *testing.T) {
	t.Parallel()
	const path = "../../docs/rules.md"
	if *update {
		if err := os.WriteFile(path, []byte(RulesPage()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(path)
	if err != nil || string(page) != RulesPage() {
		t.Errorf("docs/rules.md is not what the rules say (%v); run: go test ./internal/escalation -run RulesPage -update", err)
	}
}
