package casefile

import "slices"

// Flow is a kind of conversation.
type Flow string

// The flows. FlowAll holds the questions shared by all of them.
const (
	FlowAll      Flow = "all"
	FlowVictim   Flow = "victim"
	FlowFamily   Flow = "family"
	FlowWitness  Flow = "witness"
	FlowReturnee Flow = "returnee"
	FlowInfo     Flow = "info"
)

// FlowOf is the flow for a reporter; empty while nobody knows who writes.
func FlowOf(r Reporter) Flow {
	switch r {
	case Victim, Family, Witness, Returnee, Info:
		return Flow(r)
	}
	return ""
}

// Open says what free text a question can take besides, or instead of, a digit.
type Open string

// The kinds of open answer.
const (
	OpenNone   Open = ""
	OpenPlace  Open = "place"  // a country or place name
	OpenNumber Open = "number" // an age, a count of people
	OpenHours  Open = "hours"  // "jam 9 malam"
	OpenTime   Open = "time"   // a moment: "besok jam 6"
)

// Question is one thing a conversation asks. Digit n means Options[n-1]; 0 skips.
// Digit 1 is the risky answer on every question of danger.
type Question struct {
	Key     Key
	Flow    Flow
	Options []string // named meanings, in the order of their digits
	Multi   bool     // several digits may be given: "13"
	None    string   // at a multi question, the option that excludes the others
	Open    Open

	// Digitless: the words it was put in offer no digits, so that only words, or 0,
	// answer it.
	Digitless bool
}

// Questions is every question of domain/questions.csv, in its order. The
// disguised pack asks the same questions in other words, with the same digits.
var Questions = []Question{
	{Key: SafeNow, Flow: FlowAll, Options: []string{"yes", "no"}},
	{Key: Language, Flow: FlowAll, Options: []string{"id", "en"}},
	{Key: DangerWho, Flow: FlowAll, Options: []string{"me", "other", "no", "unsure"}},
	{Key: Who, Flow: FlowAll, Options: []string{"victim", "family", "witness", "returnee", "info"}},
	{Key: DeadlineWhen, Flow: FlowAll, Options: []string{"now", "today", "tomorrow", "unsure"}, Open: OpenTime},
	{Key: SelfHarmAsk, Flow: FlowAll, Options: []string{"yes", "no", "unsure"}},

	{Key: DangerNow, Flow: FlowVictim, Options: []string{"yes", "no", "unsure"}},
	{Key: DeviceWatched, Flow: FlowVictim, Options: []string{"yes", "sometimes", "nobody", "borrowed"}},
	{Key: Country, Flow: FlowVictim, Options: countries, Open: OpenPlace},
	{Key: Freedom, Flow: FlowVictim, Options: []string{"free", "locked", "escorted", "running", "out", "detained"}},
	{Key: AgeBand, Flow: FlowVictim, Options: []string{"under18", "adult"}, Open: OpenNumber},
	{Key: Violence, Flow: FlowVictim, Options: []string{"beaten", "abused", "threatened", "none"}, Multi: true, None: "none"},
	{Key: Health, Flow: FlowVictim, Options: []string{"injured", "pregnant", "with_child", "none"}, Multi: true, None: "none"},
	{Key: Control, Flow: FlowVictim, Options: []string{"passport_kept", "must_pay", "pay_held", "phone_taken", "none"}, Multi: true, None: "none"},
	{Key: ForcedWork, Flow: FlowVictim, Options: []string{"online", "sex", "other", "none"}},
	{Key: Deceived, Flow: FlowVictim, Options: []string{"yes", "no", "unsure"}},
	{Key: Recontact, Flow: FlowVictim, Options: []string{"only_me", "any_time", "hours"}, Open: OpenHours},
	{Key: People, Flow: FlowVictim, Options: []string{"one", "few", "many", "unknown"}, Open: OpenNumber},
	{Key: OfficerSex, Flow: FlowVictim, Options: []string{"woman", "man", "anyone"}},
	{Key: ParentsSafe, Flow: FlowVictim, Options: []string{"yes", "no", "unsure"}},

	{Key: DangerNow, Flow: FlowFamily, Options: []string{"yes", "no", "unsure"}},
	{Key: AgeBand, Flow: FlowFamily, Options: []string{"under18", "adult", "unknown"}, Open: OpenNumber},
	{Key: Country, Flow: FlowFamily, Options: countries, Open: OpenPlace},
	{Key: LastContact, Flow: FlowFamily, Options: []string{"today", "days", "weeks", "months", "unknown"}},
	{Key: Told, Flow: FlowFamily, Options: []string{"locked", "hurt", "passport_kept", "forced_work", "nothing"}, Multi: true, None: "nothing"},
	{Key: Ransom, Flow: FlowFamily, Options: []string{"unpaid", "paid", "none"}},
	{Key: RansomWhen, Flow: FlowFamily, Options: []string{"today_or_tomorrow", "this_week", "none"}},
	{Key: Recruiter, Flow: FlowFamily, Options: []string{"family", "friend", "social_media", "agency", "unknown"}},
	{Key: ContactSafe, Flow: FlowFamily, Options: []string{"watched", "not_watched", "unknown"}},
	{Key: ReportedTo, Flow: FlowFamily, Options: []string{"mission", "police", "worker_office", "aid_group", "nobody"}, Multi: true, None: "nobody"},
	{Key: Recontact, Flow: FlowFamily, Options: []string{"only_me", "message", "call"}},

	{Key: DangerNow, Flow: FlowWitness, Options: []string{"yes", "no", "unsure"}},
	{Key: SelfSafe, Flow: FlowWitness, Options: []string{"safe", "unsafe", "unsure"}},
	{Key: Country, Flow: FlowWitness, Options: countries, Open: OpenPlace},
	{Key: Seen, Flow: FlowWitness, Options: []string{"locked", "hurt", "child", "taken", "forced_sex", "other"}, Multi: true},
	{Key: People, Flow: FlowWitness, Options: []string{"one", "few", "many", "unknown"}, Open: OpenNumber},
	{Key: Basis, Flow: FlowWitness, Options: []string{"saw", "told_by_person", "told_by_other", "internet"}},
	{Key: When, Flow: FlowWitness, Options: []string{"now", "today", "days", "week_or_more"}},
	{Key: Recontact, Flow: FlowWitness, Options: []string{"only_me", "message"}},

	{Key: DangerNow, Flow: FlowReturnee, Options: []string{"yes", "no", "unsure", "self_harm"}},
	{Key: Health, Flow: FlowReturnee, Options: []string{"soon", "later", "no"}},
	{Key: Needs, Flow: FlowReturnee, Options: []string{"documents", "legal", "work", "shelter", "wages", "protection", "other"}, Multi: true},
	{Key: Pressure, Flow: FlowReturnee, Options: []string{"asked_back", "threatened", "none"}},
	{Key: LegalStatus, Flow: FlowReturnee, Options: []string{"soon", "later", "none"}},
	{Key: Others, Flow: FlowReturnee, Options: []string{"yes", "no", "unsure"}},
	{Key: AgeBand, Flow: FlowReturnee, Options: []string{"under18", "adult"}, Open: OpenNumber},
	{Key: Recontact, Flow: FlowReturnee, Options: []string{"only_me", "morning", "midday", "afternoon", "evening"}, Open: OpenHours},

	{Key: Departure, Flow: FlowInfo, Options: []string{"on_the_way", "this_week", "later", "none"}},
	{Key: OfferSigns, Flow: FlowInfo, Options: []string{"tourist_visa", "no_contract", "cost_as_debt", "passport_with_agent", "none"}, Multi: true, None: "none"},
}

var countries = []string{"MM", "KH", "LA", "TH", "PH", "ID", "other", "unknown"}

// QuestionOf finds the question of a key in a flow, or the shared one.
func QuestionOf(flow Flow, key Key) (Question, bool) {
	for _, f := range []Flow{flow, FlowAll} {
		i := slices.IndexFunc(Questions, func(q Question) bool { return q.Flow == f && q.Key == key })
		if i >= 0 {
			return Questions[i], true
		}
	}
	return Question{}, false
}
