package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
)

func TestRule1EveryFirstMessageGetsTheSameLine(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]casefile.Reading{
		"hello":      told(casefile.ReporterUnknown),
		"a mother":   told(casefile.Family, fact(casefile.LastContact, "weeks")),
		"locked in":  danger(casefile.Confinement, fact(casefile.Freedom, "locked")),
		"spam":       told(casefile.Spam),
		"an oracle":  {Lang: casefile.Indonesian, Oracle: true},
		"price":      {Lang: casefile.Indonesian, Price: true, Reporter: casefile.Info},
		"a digit":    {Lang: casefile.Indonesian, Choice: true},
		"a photo":    {Lang: casefile.Indonesian, Kind: casefile.KindPhoto},
		"self-harm":  danger(casefile.SelfHarmHeard),
		"a person":   command(casefile.HumanCommand),
		"help":       command(casefile.HelpCommand),
		"delete":     command(casefile.WipeCommand),
		"forget me":  command(casefile.ForgetCommand),
		"back":       command(casefile.BackCommand),
		"retraction": {Lang: casefile.Indonesian, Retracts: true},
		"empty":      {Lang: casefile.Indonesian, Empty: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t).sends(first).hears("all.safe_now")
			if say := p.turn[len(p.turn)-1].(Say); say.Lang != casefile.Indonesian || say.Digits != 2 || say.Vars != nil {
				t.Errorf("the opening line came as %+v", say)
			}
		})
	}
}

func TestRule2DangerInTheFirstMessageIsLearnedAheadOfTheQuestion(t *testing.T) {
	t.Parallel()
	p := newPerson(t).sends(danger(casefile.Confinement, fact(casefile.Freedom, "locked"))).
		hears("all.safe_now").taught(casefile.Freedom, "locked", casefile.Heard)
	if _, isLearn := p.turn[0].(Learn); !isLearn {
		t.Errorf("the first effect is %+v, want the danger", p.turn[0])
	}
	// hear may name a danger without spelling out its facts.
	newPerson(t).sends(danger(casefile.BareCry)).taught(casefile.Cry, "yes", casefile.Heard)
}

func TestRule2ABareCryIsAskedWhoIsInDanger(t *testing.T) {
	t.Parallel()
	newPerson(t).sends(danger(casefile.BareCry)).types(1).hears("disguised.danger_who").
		types(1).hears("disguised.deadline_day").taught(casefile.Who, "victim", casefile.Noted)
	p := newPerson(t).sends(danger(casefile.BareCry)).types(1).types(2).hears("disguised.who").
		types(2).hears("all.privacy", "all.deadline")
	if p.s.Flow != casefile.FlowFamily {
		t.Errorf("flow is %q, want family", p.s.Flow)
	}
}

func TestRule3DangerComesFirst(t *testing.T) {
	t.Parallel()
	for who, want := range map[casefile.Reporter][]string{
		casefile.ReporterUnknown: {"disguised.danger_who"},
		casefile.Spam:            {"disguised.danger_who"},
		casefile.Victim:          {"disguised.danger_now"},
		casefile.Family:          {"family.thanks", "family.danger_now"},
		casefile.Witness:         {"witness.thanks", "witness.danger_now"},
		casefile.Returnee:        {"returnee.thanks", "returnee.danger_now"},
		casefile.Info:            {"info.thanks", "info.departure"},
	} {
		newPerson(t).first(who).types(1).hears(want...)
	}
	unknown := newPerson(t).sends(casefile.Reading{Lang: casefile.LangUnknown}).hears("all.safe_now_both").
		types(1).hears("all.language").types(2).hears("disguised.danger_who")
	if unknown.s.Lang != casefile.English {
		t.Errorf("language is %q, want en", unknown.s.Lang)
	}
	danger := newPerson(t).first(casefile.Victim, fact(casefile.DangerNow, "yes"), fact(casefile.DeadlineAt, "2026-03-05T06:00:00+07:00")).
		types(1).hears("disguised.device_watched")
	if danger.s.Facts.Knows(casefile.Language) {
		t.Error("the language was asked though it could be heard")
	}
}

func TestRule4NeverMoreQuestionsThanTheLimit(t *testing.T) {
	t.Parallel()
	last := func(q casefile.Question) int { return len(q.Options) }
	first := func(casefile.Question) int { return 1 }
	nobody := func(pick func(casefile.Question) int) func(casefile.Question) int {
		return func(q casefile.Question) int {
			if q.Key == casefile.DeviceWatched {
				return 3
			}
			return pick(q)
		}
	}
	for _, who := range []casefile.Reporter{casefile.Victim, casefile.Family, casefile.Witness, casefile.Returnee, casefile.Info, casefile.ReporterUnknown} {
		for name, pick := range map[string]func(casefile.Question) int{"first": first, "last": last, "first, unwatched": nobody(first), "last, unwatched": nobody(last)} {
			for _, short := range []bool{false, true} {
				p := newPerson(t)
				p.short = short
				asked := p.first(who).answersAll(pick)[1:] // the opening line is not one of them
				limit := fullLimit
				if short {
					limit = shortLimit
				}
				if len(asked) > limit {
					t.Errorf("%s, %s, short %v: %d questions: %q", who, name, short, len(asked), asked)
				}
				if p.s.Flow != casefile.FlowInfo && !handed(p.turn) {
					t.Errorf("%s, %s, short %v: ends with %+v, want a person at the end", who, name, short, p.turn)
				}
			}
		}
	}
}

func handed(turn []Effect) bool {
	return slices.ContainsFunc(turn, func(e Effect) bool { _, ok := e.(HandOver); return ok })
}

func TestRule4TheShortFlow(t *testing.T) {
	t.Parallel()
	no := func(q casefile.Question) int { return min(2, len(q.Options)) }
	watched := newPerson(t).first(casefile.Victim)
	want := []string{"all.safe_now", "disguised.danger_now", "disguised.device_watched", "disguised.freedom", "disguised.country"}
	watched.types(1).types(2).types(1).types(2)
	watched.hears("disguised.country").sends(casefile.Reading{
		Place:   &casefile.PlaceHeard{Name: "Myawaddy", Country: "MM"},
		Answers: []casefile.Answer{{Key: casefile.Country, Typed: casefile.Hide("myawaddy"), Pending: true}},
	}).hears("disguised.recontact").types(1).hears("disguised.human").does(HandOver{WhyFlowEnd})
	if !watched.s.Short {
		t.Error("a watched phone must get the short flow")
	}
	sms := newPerson(t)
	sms.short = true
	asked := sms.first(casefile.Victim).answersAll(func(q casefile.Question) int {
		return no(q)
	})
	if want = append(want, "disguised.recontact"); !slices.Equal(asked, want) {
		t.Errorf("by SMS asked %q, want %q", asked, want)
	}
	// Where it was heard, it is not asked.
	heard := newPerson(t).first(casefile.Victim, fact(casefile.Place, "KK Park"), fact(casefile.Country, "MM"))
	heard.types(1).types(2).types(4).types(2).hears("disguised.recontact")
}

func TestRule4SkippingIsAnAnswer(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Family).types(1).types(0).taught(casefile.DangerNow, "", casefile.Skipped).
		hears("all.privacy", "family.age_band")
	asked := p.answersAll(func(casefile.Question) int { return 0 })
	if slices.Contains(asked, "family.danger_now") || p.s.Stage != casefile.StageDone {
		t.Errorf("skipping asked %q and ended in %q", asked, p.s.Stage)
	}
}

func TestRule9DeleteIsHeardEverywhere(t *testing.T) {
	t.Parallel()
	watched := newPerson(t).first(casefile.Victim).types(1).sends(command(casefile.WipeCommand)).
		hears("disguised.close").does(Wipe{}).taught(casefile.WipeAsked, "yes", casefile.Noted)
	watched.sends(command(casefile.WipeCommand)).hears("disguised.close").does(Wipe{}) // and again
	watched.sends(told(casefile.ReporterUnknown)).hears("all.safe_now").               // whoever holds the phone now
												types(1).hears("disguised.danger_now") // and the conversation can go on
	newPerson(t).first(casefile.Family).types(1).sends(command(casefile.WipeCommand)).hears("all.delete").does(Wipe{})
	newPerson(t).sends(command(casefile.WipeCommand)).hears("all.safe_now").does(Wipe{})
	newPerson(t).first(casefile.Victim).types(1).waits(time.Hour).sends(command(casefile.WipeCommand)).
		hears("disguised.close").does(Wipe{}).sends(told(casefile.ReporterUnknown)).hears("all.safe_now")
}

// TestForgetMeIsTakenEverywhereAndPromisesNothing: the request is learned wherever it
// comes, the words are the disguised ones unless nobody else reads the phone, nothing
// is wiped, and their next message meets the opening line.
func TestForgetMeIsTakenEverywhereAndPromisesNothing(t *testing.T) {
	t.Parallel()
	forget := command(casefile.ForgetCommand)
	watched := newPerson(t).first(casefile.Victim).types(1).sends(forget).
		hears("disguised.close").does().taught(casefile.ForgetAsked, "yes", casefile.Noted)
	watched.sends(forget).hears("disguised.close") // and again
	watched.sends(told(casefile.ReporterUnknown)).hears("all.safe_now").types(1).hears("disguised.danger_now")
	newPerson(t).first(casefile.Family).types(1).sends(forget).hears("all.forget").does()
	newPerson(t).sends(forget).hears("all.safe_now").taught(casefile.ForgetAsked, "yes", casefile.Noted)
	newPerson(t).first(casefile.Victim).types(1).waits(time.Hour).sends(forget).
		hears("disguised.close").sends(told(casefile.ReporterUnknown)).hears("all.safe_now")
	newPerson(t).first(casefile.Victim).types(1).sends(forget, command(casefile.QuietCommand)).hears().
		taught(casefile.ForgetAsked, "yes", casefile.Noted) // silence goes before everything
}

func TestRule9QuietAndStopAreObeyedUntilTheyWriteAgain(t *testing.T) {
	t.Parallel()
	for c, why := range map[casefile.Command]string{casefile.QuietCommand: WhyQuiet, casefile.StopCommand: WhyStop} {
		p := newPerson(t).first(casefile.Victim).types(1).sends(command(c)).hears().does(Hush{why}).
			taught(casefile.Quieted, why, casefile.Noted)
		if v, _ := casefile.MayWrite(p.s.Policy(false, p.now), casefile.ForAnswer, p.now); v == casefile.Send {
			t.Errorf("after %s the gate says %q", c, v)
		}
		p.sends(told(casefile.ReporterUnknown)).hears("all.safe_now").types(1).hears("disguised.danger_now")
	}
}

func TestRule12AfterAPauseTheOpeningLineComesFirst(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).types(1).hears("disguised.danger_now").waits(casefile.AnswerWindow)
	if q := Hearing(p.s, p.now).Pending; q.Key != "" {
		t.Errorf("after the pause hear listens for %q, though it is not in sight", q.Key)
	}
	p.sends(casefile.Reading{Choice: true, Answers: []casefile.Answer{{Key: casefile.DangerNow, Values: []string{"no"}, Pending: true}}}).
		hears("all.safe_now")
	if p.s.Facts.Knows(casefile.DangerNow) {
		t.Error("a digit answered a question that was not in sight")
	}
	p.types(1).hears("disguised.danger_now")
	p.waits(casefile.AnswerWindow - time.Second).types(2).hears("disguised.device_watched")
}

func TestRule12ALateAnswerToTheOpeningLineIsEnough(t *testing.T) {
	t.Parallel()
	newPerson(t).first(casefile.Victim).waits(time.Hour).types(1).hears("disguised.danger_now")
	newPerson(t).first(casefile.Victim).waits(time.Hour).types(2).hears().does(Hush{WhyUnsafe})
	newPerson(t).first(casefile.Victim).waits(time.Hour).writesUnclear().hears("all.safe_now")
}

func TestRule15DisguisedUntilNobodyElseReadsThePhone(t *testing.T) {
	t.Parallel()
	newPerson(t).first(casefile.Victim).types(1).types(2).types(3).hears("all.privacy", "victim.country")
	for _, answer := range []int{1, 2, 4, 0} {
		newPerson(t).first(casefile.Victim).types(1).types(2).types(answer).hears("disguised.freedom")
	}
	newPerson(t).first(casefile.Victim).types(1).types(2).writesUnclear().hears("disguised.rephrase")
	// An opening line that was skipped, or spoken past, keeps even a family disguised.
	newPerson(t).first(casefile.Family).types(0).hears("disguised.family_danger_now").types(2).hears("disguised.device_watched").
		types(3).hears("all.privacy", "family.age_band")
	newPerson(t).first(casefile.Family).writesUnclear().hears("disguised.family_danger_now")
	newPerson(t).first(casefile.Info).types(0).hears("disguised.departure").types(3).hears("disguised.device_watched").
		types(3).hears("info.offer_signs")
	// A phone that is taken or checked is not one that nobody reads.
	newPerson(t).first(casefile.Victim, fact(casefile.Control, "phone_taken")).types(1).types(2).types(3).hears("disguised.freedom")
	// "Nobody" counts only as an answer to the question.
	loose := newPerson(t).first(casefile.Victim).types(1)
	loose.sends(casefile.Reading{Answers: []casefile.Answer{{Key: casefile.DeviceWatched, Values: []string{"nobody"}}}})
	if !disguised(loose.s, loose.now) || loose.s.Facts.Knows(casefile.DeviceWatched) {
		t.Error("a phone became safe though nobody was asked about it")
	}
	loose.types(2).hears("disguised.device_watched")
}

func TestRule15NobodyLapsesAfterFifteenMinutes(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).types(1).types(2).types(3).hears("all.privacy", "victim.country")
	p.waits(10 * time.Minute).types(1).hears("victim.freedom")
	p.waits(6 * time.Minute).types(2).hears("disguised.device_watched")
	p.types(3).hears("victim.age_band")
	// After a pause the answer is gone with the opening line.
	p.waits(20 * time.Minute).writesUnclear().hears("all.safe_now").types(1).hears("disguised.device_watched")
	// Silence that was asked for ends it at once.
	q := newPerson(t).first(casefile.Victim).types(1).types(2).types(3).sends(command(casefile.QuietCommand))
	q.waits(time.Minute).writesUnclear().hears("all.safe_now").types(1).hears("disguised.device_watched")
}

func TestDeceptionIsAskedOnlyWhenNothingUrgentIsKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		freedom string
		want    casefile.Key
	}{{"free", casefile.Deceived}, {"locked", casefile.Recontact}} {
		p := newPerson(t).first(casefile.Victim, fact(casefile.Place, "Myawaddy"), fact(casefile.Freedom, c.freedom), fact(casefile.Violence, "threatened"))
		p.types(1).types(2).types(3).types(2).types(4).types(5).types(4)
		if p.asks() != c.want {
			t.Errorf("with freedom %s the next question is %q, want %q", c.freedom, p.asks(), c.want)
		}
	}
}

func TestRule15AnUnsafeWitnessIsDisguised(t *testing.T) {
	t.Parallel()
	for _, answer := range []int{2, 3} {
		newPerson(t).first(casefile.Witness).types(1).types(2).hears("all.privacy", "witness.self_safe").
			types(answer).hears("disguised.device_watched").types(1).hears("disguised.witness_country")
	}
	newPerson(t).first(casefile.Witness).types(1).types(2).types(1).hears("witness.country")
}

func TestRule18ARetractionLowersNothing(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim, fact(casefile.Freedom, "locked")).types(1).types(1)
	before := len(p.s.Facts)
	p.sends(casefile.Reading{Lang: casefile.Indonesian, Retracts: true}).hears("disguised.close").does().
		taught(casefile.Retraction, "yes", casefile.Heard)
	if len(p.s.Facts) != before+1 || !p.s.Facts.Has(casefile.DangerNow, "yes") {
		t.Error("a retraction took something back")
	}
}

func TestRule19SelfHarmIsAskedOnceAndThenAPerson(t *testing.T) {
	t.Parallel()
	newPerson(t).sends(danger(casefile.SelfHarmHeard)).taught(casefile.SelfHarm, "yes", casefile.Heard).hears("all.safe_now").
		types(1).hears("disguised.self_harm_ask").types(1).hears("disguised.self_harm_human").does(HandOver{WhySelfHarm}).
		sends(danger(casefile.SelfHarmHeard)).hears("disguised.self_harm_wait")
	newPerson(t).first(casefile.Returnee).types(1).types(4).hears("all.self_harm_ask").
		types(3).hears("all.self_harm_human").does(HandOver{WhySelfHarm})
	// In the middle of the questions, and while a person is awaited.
	middle := newPerson(t).first(casefile.Victim).types(1).types(2).types(3)
	middle.sends(danger(casefile.SelfHarmHeard)).hears("all.self_harm_ask").writesUnclear().hears("all.self_harm_human")
	newPerson(t).first(casefile.Victim).types(1).sends(command(casefile.HumanCommand)).
		sends(danger(casefile.SelfHarmHeard)).hears("disguised.self_harm_ask").types(2).does(HandOver{WhySelfHarm})
}

func TestRule20AChildIsAskedLess(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim)
	asked := p.answersAll(func(q casefile.Question) int {
		switch q.Key {
		case casefile.DeviceWatched:
			return 3
		case casefile.DangerNow, casefile.Violence:
			return 2
		}
		return 1
	})
	for _, text := range []string{"victim.age_band", "victim.violence_child", "victim.health_child", "victim.parents_safe", "victim.recontact"} {
		if !slices.Contains(asked, text) {
			t.Errorf("a child was not asked %s: %q", text, asked)
		}
	}
	for _, text := range []string{"victim.forced_work", "victim.violence", "victim.deceived", "victim.health"} {
		if slices.Contains(asked, text) {
			t.Errorf("a child was asked %s", text)
		}
	}
	if !p.s.Facts.Has(casefile.Violence, "no") || !p.s.Facts.Has(casefile.Health, "injured") {
		t.Error("the answers of the shorter questions were not learned as meanings")
	}
	// Neither on a watched phone.
	watched := newPerson(t).first(casefile.Victim, fact(casefile.AgeBand, "under18")).answersAll(func(casefile.Question) int { return 1 })
	if slices.Contains(watched, "victim.parents_safe") {
		t.Error("parents were mentioned on a watched phone")
	}
	back := newPerson(t).first(casefile.Returnee, fact(casefile.AgeBand, "under18")).answersAll(func(q casefile.Question) int { return min(2, len(q.Options)) })
	if !slices.Contains(back, "victim.parents_safe") {
		t.Errorf("a returned child was not asked about parents: %q", back)
	}
}

func TestRule23SkippingNeverBlocksAPerson(t *testing.T) {
	t.Parallel()
	for _, who := range []casefile.Reporter{casefile.Victim, casefile.Family, casefile.Witness, casefile.Returnee, casefile.ReporterUnknown} {
		p := newPerson(t).first(who)
		p.answersAll(func(casefile.Question) int { return 0 })
		p.does(HandOver{WhyFlowEnd})
	}
}

func TestRule24TheAnswerToAnOracleIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	oracle := casefile.Reading{Lang: casefile.Indonesian, Oracle: true}
	newPerson(t).first(casefile.Family).types(1).sends(oracle).hears("all.oracle", "family.danger_now")
	newPerson(t).first(casefile.Victim).types(1).sends(oracle).hears("all.oracle", "disguised.danger_now")
	newPerson(t).first(casefile.Victim).types(1).sends(command(casefile.HumanCommand)).sends(oracle).hears("all.oracle")
	sms := newPerson(t)
	sms.short = true
	sms.first(casefile.Family).types(1).sends(oracle).hears("sms.all.oracle")
}

func TestRule29PriceIsAnsweredAndTheQuestionRepeated(t *testing.T) {
	t.Parallel()
	price := casefile.Reading{Lang: casefile.Indonesian, Price: true}
	newPerson(t).first(casefile.Family).types(1).sends(price).hears("all.price", "family.danger_now")
	newPerson(t).first(casefile.Victim).types(1).sends(price).hears("disguised.price", "disguised.danger_now")
	sms := newPerson(t)
	sms.short = true
	sms.first(casefile.Family).types(1).sends(price).hears("sms.all.price")
}

func TestRule30ARansomIsAnsweredCalmlyAndOnlyToFamilies(t *testing.T) {
	t.Parallel()
	toRansom := func(p *person) *person {
		for range fullLimit {
			if p.asks() != casefile.Ransom {
				p.types(2)
			}
		}
		return p
	}
	newPerson(t).first(casefile.Family, fact(casefile.LastContact, "days")).types(1)
	p := newPerson(t).first(casefile.Family).types(1)
	toRansom(p).types(1).hears("family.ransom_said", "family.ransom_when").types(1).taught(casefile.RansomWhen, "today_or_tomorrow", casefile.Answered)
	toRansom(newPerson(t).first(casefile.Family).types(1)).types(2).hears("family.ransom_said", "family.recruiter")
	// Heard in the first message, it is answered as soon as the line may speak.
	newPerson(t).first(casefile.Family, fact(casefile.Ransom, "unpaid")).types(1).hears("family.ransom_said", "family.danger_now").
		types(3).hears("all.privacy", "family.ransom_when")
	victim := newPerson(t).first(casefile.Victim, fact(casefile.Ransom, "unpaid")).types(1).types(2)
	if strings.Contains(strings.Join(victim.types(3).texts(), " "), "ransom") {
		t.Error("a victim was told what only families are told")
	}
}

func TestRule31LanguageFollowsThePersonAndAnswersStay(t *testing.T) {
	t.Parallel()
	english := casefile.Reading{Lang: casefile.English, Reporter: casefile.ReporterUnknown, Facts: []casefile.Fact{fact(casefile.LastContact, "days")}}
	p := newPerson(t).first(casefile.Family).types(1).sends(english).hears("all.ack", "family.danger_now")
	for _, e := range p.turn {
		if say, ok := e.(Say); ok && say.Lang != casefile.English {
			t.Errorf("answered in %q, want en", say.Lang)
		}
	}
	named := command(casefile.LangCommand)
	named.Answers = []casefile.Answer{{Key: casefile.Language, Values: []string{"id"}}}
	p.sends(named).hears("family.danger_now")
	if p.s.Lang != casefile.Indonesian || !p.s.Facts.Has(casefile.LastContact, "days") {
		t.Errorf("language %q after the switch, facts %d", p.s.Lang, len(p.s.Facts))
	}
	p.sends(english).hears("all.ack", "family.danger_now")
	if p.s.Lang != casefile.Indonesian {
		t.Error("a language that was chosen must stay")
	}
	p.sends(command(casefile.LangCommand)).hears("all.language").types(2).hears("family.danger_now")
	p.sends(command(casefile.HumanCommand)).sends(command(casefile.LangCommand)).hears("all.language_switched")
	if p.s.Lang != casefile.Indonesian {
		t.Errorf("language is %q after it was changed without a name", p.s.Lang)
	}
	mixed := newPerson(t).sends(casefile.Reading{Lang: casefile.Mixed}).hears("all.safe_now")
	if mixed.s.Lang != casefile.Indonesian {
		t.Errorf("mixed is answered in %q", mixed.s.Lang)
	}
}

func TestRule32OneRephraseAndThenAPerson(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Family).types(1).writesUnclear().hears("all.rephrase").does()
	if say := p.turn[len(p.turn)-1].(Say); say.Digits != 3 || say.Question != casefile.DangerNow {
		t.Errorf("the rephrase came as %+v, want it with the digits of the question", say)
	}
	p.writesUnclear().hears("all.human").does(HandOver{WhyUnreadable}).taught(casefile.HumanAsked, "unreadable", casefile.Noted)
	newPerson(t).first(casefile.Victim).types(1).writesUnclear().hears("disguised.rephrase").writesUnclear().hears("disguised.human")
	// An answer in between starts the count again.
	newPerson(t).first(casefile.Family).types(1).writesUnclear().types(2).writesUnclear().hears("all.rephrase")
	// An open question is not rephrased with digits.
	newPerson(t).first(casefile.Victim).types(1).types(2).types(1).types(2).hears("disguised.country").writesUnclear().hears("disguised.rephrase_open")
	newPerson(t).first(casefile.Family).types(1).sends(casefile.Reading{Empty: true}).hears("all.rephrase")
}

func TestRule33FreeTextIsLearnedAndTheQuestionRepeated(t *testing.T) {
	t.Parallel()
	newPerson(t).first(casefile.Family).types(1).sends(told(casefile.ReporterUnknown, fact(casefile.Promised, "Thailand"))).
		hears("all.ack", "family.danger_now").taught(casefile.Promised, "Thailand", casefile.Heard)
	newPerson(t).first(casefile.Victim).types(1).sends(danger(casefile.Confinement, fact(casefile.Freedom, "locked"))).
		hears("disguised.ack", "disguised.danger_now").taught(casefile.Freedom, "locked", casefile.Heard)
	sms := newPerson(t)
	sms.short = true
	sms.first(casefile.Victim).types(1).sends(danger(casefile.Confinement)).hears("disguised.danger_now")
}

func TestRule35MediaIsThankedForAndNeverRequired(t *testing.T) {
	t.Parallel()
	photo := casefile.Reading{Kind: casefile.KindPhoto}
	newPerson(t).first(casefile.Family).types(1).sends(photo).hears("all.media", "family.danger_now").
		taught(casefile.SharedMedia, "photo", casefile.Noted).sends(photo).hears("all.media", "family.danger_now")
	newPerson(t).first(casefile.Victim).types(1).sends(casefile.Reading{Kind: casefile.KindLocation}).
		hears("disguised.ack", "disguised.danger_now").taught(casefile.SharedMedia, "location", casefile.Noted)
}

func TestRule38DuringATakeoverTheLineOnlyLearns(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).types(1)
	p.human = true
	p.sends(danger(casefile.Confinement, fact(casefile.Freedom, "locked"))).hears().does(Silence{SilentStaff}).taught(casefile.Freedom, "locked", casefile.Heard)
	p.types(1).hears().taught(casefile.DangerNow, "yes", casefile.Answered)
	p.sends(command(casefile.HelpCommand)).hears("disguised.help")
	p.sends(command(casefile.HumanCommand)).hears().does(HandOver{WhyAsked}, Silence{SilentStaff})
	p.sends(command(casefile.WipeCommand)).hears("disguised.close").does(Wipe{})
	p.sends(command(casefile.QuietCommand)).hears().does(Hush{WhyQuiet})
	p.sends(told(casefile.ReporterUnknown)).hears("all.safe_now") // also with staff there: the phone may have changed hands
	if v, why := casefile.MayWrite(p.s.Policy(false, p.now), casefile.ForAnswer, p.now); v != casefile.Send {
		t.Errorf("they wrote again, and the gate still holds staff's answers: %s", why)
	}
	p.types(1).hears().does(Silence{SilentStaff})
	p.human = false
	p.sends(told(casefile.ReporterUnknown)).hears("disguised.deadline_day")

	opening := newPerson(t).first(casefile.Victim)
	opening.human = true
	opening.types(2).does(Hush{WhyUnsafe}).hears()
}

func TestRule40SexualViolenceOffersWhoHelps(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).types(1).types(2).types(3).types(1).types(1).types(2).hears("victim.violence").
		types(2).hears("victim.officer_sex")
	p.types(1).hears("victim.health")
	forced := newPerson(t).first(casefile.Victim, fact(casefile.ForcedWork, "sex")).types(1).types(2).types(3)
	if forced.asks() == casefile.OfficerSex {
		return
	}
	asked := forced.answersAll(func(q casefile.Question) int { return len(q.Options) })
	if !slices.Contains(asked, "victim.officer_sex") {
		t.Errorf("nobody offered who helps: %q", asked)
	}
}

func TestRule42AReturneeHearsFirstThatNobodyMustReport(t *testing.T) {
	t.Parallel()
	newPerson(t).first(casefile.Returnee).types(1).hears("returnee.thanks", "returnee.danger_now")
}

func TestRule50ManyMessagesAreStillHeard(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).types(1).sends(command(casefile.HumanCommand))
	p.writesUnclear().hears("disguised.ack").writesUnclear().hears().does(Silence{SilentWaiting})
	thanked := 0
	for range 50 {
		if p.writesUnclear(); !slices.Contains(p.turn, Effect(Silence{SilentWaiting})) {
			p.hears("disguised.ack")
			thanked++
		}
	}
	if thanked < 4 || thanked > 7 {
		t.Errorf("fifty messages were thanked for %d times, want now and then", thanked)
	}
	p.sends(danger(casefile.SoldOrMoved, fact(casefile.Moving, "sold"))).taught(casefile.Moving, "sold", casefile.Heard).hears("disguised.human")
}

func TestRule55ADeadlineIsAskedOnlyWhenNoTimeIsKnown(t *testing.T) {
	t.Parallel()
	newPerson(t).first(casefile.Victim).types(1).types(1).hears("disguised.deadline_day").types(3).
		hears("disguised.device_watched").taught(casefile.DeadlineWhen, "tomorrow", casefile.Answered)
	newPerson(t).first(casefile.Victim, fact(casefile.Moving, "moved")).types(1).types(2).hears("disguised.deadline").
		sends(casefile.Reading{Answers: []casefile.Answer{{Key: casefile.DeadlineWhen, Typed: casefile.Hide("jam 6"), Pending: true}}}).
		hears("disguised.device_watched").taught(casefile.DeadlineWhen, "jam 6", casefile.Answered)
	newPerson(t).first(casefile.Victim, fact(casefile.DeadlineAt, "2026-03-05T06:00:00+07:00")).types(1).types(1).hears("disguised.device_watched")
	newPerson(t).first(casefile.Family).types(1).types(1).hears("all.told", "all.deadline")
}

func TestRule56WhatIsHeardIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim)
	p.types(1).sends(casefile.Reading{
		Lang:  casefile.Indonesian,
		Place: &casefile.PlaceHeard{Name: "Myawaddy", Country: "MM", Phrase: casefile.Hide("myawaddy")},
		Facts: []casefile.Fact{fact(casefile.Control, "passport_kept")},
		Answers: []casefile.Answer{
			{Key: casefile.DangerNow, Values: []string{"no"}, Pending: true},
			{Key: casefile.DeviceWatched, Values: []string{"sometimes"}},
		},
	}).hears("disguised.freedom").taught(casefile.DeviceWatched, "sometimes", casefile.Answered)
	p.types(2).hears("disguised.recontact")
	// Each thing is learned once, however often it is said.
	again := newPerson(t).first(casefile.Family, fact(casefile.Control, "passport_kept")).types(1)
	n := len(again.s.Facts)
	if again.sends(told(casefile.Family, fact(casefile.Control, "passport_kept"))); len(again.s.Facts) != n {
		t.Error("the same fact was learned twice")
	}
	// What can change is learned again when it changes back.
	moved := newPerson(t).first(casefile.Family, fact(casefile.Country, "MM"), fact(casefile.Country, "TH"), fact(casefile.Country, "MM"))
	if !moved.s.Facts.LatestIs(casefile.Country, "MM") {
		t.Error("somebody who was moved back is not found where they are")
	}
}

func TestRule57ABurstIsOneTurn(t *testing.T) {
	t.Parallel()
	p := newPerson(t).sends(
		danger(casefile.BareCry), told(casefile.Victim), danger(casefile.Confinement, fact(casefile.Freedom, "locked")),
	).hears("all.safe_now").taught(casefile.Cry, "yes", casefile.Heard).taught(casefile.Freedom, "locked", casefile.Heard)
	p.types(1).hears("disguised.danger_now").sends(p.choice(2), p.choice(2)).hears("disguised.device_watched")
	if n := len(p.s.Facts.Saying(casefile.DangerNow, "no")); n != 1 {
		t.Errorf("a button pressed twice was learned %d times", n)
	}
}

func TestRule58UnsafeMeansNoReplyOfAnyKind(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).types(2).hears().does(Hush{WhyUnsafe}).taught(casefile.SafeNow, "no", casefile.Answered)
	if p.s.Stage != casefile.StageClosed {
		t.Errorf("stage is %q, want closed", p.s.Stage)
	}
	p.waits(time.Minute).sends(danger(casefile.Confinement)).hears("all.safe_now").types(1).hears("disguised.danger_now")
}

func TestRule49AnEditAnswersNothing(t *testing.T) {
	t.Parallel()
	p := newPerson(t).first(casefile.Victim).types(1).types(2).hears("disguised.device_watched")
	edit := p.choice(3)
	edit.Kind = casefile.KindEdit
	p.sends(edit)
	if !disguised(p.s, p.now) || p.s.Facts.Knows(casefile.DeviceWatched) {
		t.Error("an edited digit opened the normal pack")
	}
	heard := danger(casefile.Confinement, fact(casefile.Freedom, "locked"))
	heard.Kind = casefile.KindEdit
	p.sends(heard).taught(casefile.Freedom, "locked", casefile.Heard)
}
