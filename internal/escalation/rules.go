package escalation

import (
	"time"

	"pulang/internal/casefile"
)

// Rule is one line of the policy: when it holds, the report is at least Level.
type Rule struct {
	ID    string           // as staff speak of it: "C3"; a second line of the same rule ends in a letter
	Level casefile.Urgency // never lowers, only raises
	Why   string           // one plain sentence for staff
	ILO   []int            // ILO indicators of forced labour it speaks of, 1 to 11
	When  Condition
}

// The countries where people are held, by ISO code. Source: the places of
// domain/places.csv: the scam compounds of MM, KH, LA, PH and AE, and those the
// Indonesian Foreign Ministry lists among its scam cases: ZA and BY.
var hubs = []string{"MM", "KH", "LA", "PH", "AE", "ZA", "BY"}

// What the rules speak of. A name here is a word of the policy.
var (
	confined  = named("confined", either(is(casefile.Freedom, "locked"), is(casefile.Told, "locked"), is(casefile.Seen, "locked")))
	heldBack  = named("not free to go", either(confined, is(casefile.Freedom, "escorted")))
	sexual    = named("sexual violence", either(is(casefile.Violence, "abused"), is(casefile.ForcedWork, "sex"), is(casefile.Seen, "forced_sex")))
	violence  = named("violence", either(is(casefile.Violence, "beaten", "abused", "yes"), is(casefile.Told, "hurt"), is(casefile.Seen, "hurt"), is(casefile.Acute, "violence_now")))
	threat    = named("threatened", either(is(casefile.Violence, "threatened"), known(casefile.Threat), is(casefile.Told, "hurt")))
	passport  = named("passport kept", either(is(casefile.Control, "passport_kept"), is(casefile.Told, "passport_kept"), is(casefile.Seen, "taken")))
	wages     = named("wages withheld", is(casefile.Control, "pay_held"))
	isolated  = named("isolated", either(is(casefile.Control, "phone_taken"), is(casefile.Hardship, "isolation"), is(casefile.ContactSafe, "watched")))
	deceived  = named("deceived", either(is(casefile.Deceived, "yes"), differ(casefile.Promised, casefile.Place)))
	fine      = named("fine or debt", either(is(casefile.Hardship, "fine"), is(casefile.Control, "must_pay")))
	ransom    = named("ransom", is(casefile.Ransom, "unpaid", "paid"))
	minor     = named("under 18", either(is(casefile.AgeBand, "under18"), known(casefile.Child), is(casefile.Seen, "child")))
	child     = named("child", either(minor, is(casefile.Health, "with_child")))
	soon      = named("within a day or two", either(is(casefile.DeadlineWhen, "now", "today", "tomorrow"), is(casefile.RansomWhen, "today_or_tomorrow"), due(48*time.Hour)))
	atWork    = named("forced work", either(is(casefile.ForcedWork, "online", "sex", "other"), is(casefile.Told, "forced_work")))
	lostTrack = named("hub, ship or unknown place", either(is(casefile.Country, hubs...), is(casefile.Country, "unknown", "other"), skipped(casefile.Country), is(casefile.Livelihood, "fishing")))
	group     = named("three people or more", either(is(casefile.People, "few", "many"), atLeastPeople(3)))
	crowd     = named("ten people or more", either(is(casefile.People, "many"), atLeastPeople(10)))

	returnee    = flow(casefile.FlowReturnee)
	notReturnee = flow("", casefile.FlowVictim, casefile.FlowFamily, casefile.FlowWitness, casefile.FlowInfo)
	notAtHome   = flow("", casefile.FlowVictim, casefile.FlowFamily, casefile.FlowWitness)
)

// Rules is the policy: which facts make a report how urgent. The highest rule
// that holds decides. To change the policy, change a line here.
var Rules = []Rule{
	{"C1", casefile.Critical, "Somebody is in danger at this moment.", []int{5, 6}, either(
		all(notReturnee, is(casefile.DangerNow, "yes")), is(casefile.DangerWho, "me", "other"), known(casefile.Acute),
		all(is(casefile.Threat, "kill"), soon), all(returnee, is(casefile.DangerNow, "yes"), is(casefile.DeadlineWhen, "now")))},
	{"C1b", casefile.Critical, "It is happening now, and somebody saw it.", []int{5}, all(is(casefile.When, "now"), is(casefile.Seen, "locked", "hurt", "child", "forced_sex"))},
	{"C2", casefile.Critical, "The person may harm themselves.", nil, either(is(casefile.SelfHarm, "yes"), is(casefile.DangerNow, "self_harm"), is(casefile.SelfHarmAsk, "yes", "unsure"))},
	{"C3", casefile.Critical, "Locked in or guarded, and hurt, starved or tied.", []int{3, 5}, all(confined, either(violence, known(casefile.Deprived)))},
	{"C4", casefile.Critical, "About to be sold or moved, or on the run or hiding.", []int{3}, either(known(casefile.Moving), is(casefile.Freedom, "running"), all(is(casefile.Threat, "sell"), soon))},
	{"C5", casefile.Critical, "A child, and confinement, violence or sexual exploitation.", []int{1}, all(child, either(confined, violence, sexual))},
	{"C6", casefile.Critical, "Locked in or guarded, and badly hurt or ill.", []int{3, 5}, all(confined, is(casefile.Health, "injured"))},
	{"C7", casefile.Critical, "Ransom, with violence, a time limit, or a threat to kill or sell.", []int{6}, all(ransom, either(is(casefile.Proof, "violence"), violence, soon, is(casefile.Threat, "kill", "sell")))},

	{"CRYb", casefile.Critical, "Cried for help, and then silence or no clear answer.", nil, all(is(casefile.Cry, "yes"), either(is(casefile.Silence, "cry"), is(casefile.DangerWho, "unsure"), is(casefile.DangerNow, "unsure")))},
	{"H14b", casefile.Critical, "Not safe to answer, and danger was told.", nil, all(is(casefile.SafeNow, "no"), danger)},
	{"H10b", casefile.Critical, "Ten people or more, and something HIGH. The supervisor is told.", nil, all(crowd, anyRule(casefile.High))},

	{"H1", casefile.High, "Locked in, or out only with permission or escort.", []int{3, 4}, heldBack},
	{"H2", casefile.High, "Violence or sexual violence.", []int{5}, either(violence, sexual)},
	{"H3", casefile.High, "Money is asked before they may leave.", []int{9}, either(ransom, all(is(casefile.Control, "must_pay"), either(heldBack, passport, threat)))},
	{"H4", casefile.High, "Forced sexual services.", []int{5}, either(is(casefile.ForcedWork, "sex"), is(casefile.Seen, "forced_sex"))},
	{"H5", casefile.High, "A child is in the situation.", []int{1}, either(all(notAtHome, child), is(casefile.Child, "exploited"), is(casefile.Seen, "child"))},
	{"H6", casefile.High, "Passport or wages kept, and forced work.", []int{7, 8}, all(either(passport, wages), atWork)},
	{"H7", casefile.High, "No news of the person for too long.", []int{4}, either(all(is(casefile.LastContact, "weeks", "months", "unknown"), lostTrack),
		is(casefile.LastContact, "months"), all(is(casefile.Plea, "yes"), known(casefile.LastContact)))},
	{"H8", casefile.High, "The person can't say whether they are in danger.", nil, either(all(flow(casefile.FlowVictim), is(casefile.DangerNow, "unsure")),
		all(flow(""), is(casefile.DangerWho, "unsure")), all(flow(casefile.FlowVictim, ""), either(skipped(casefile.DangerNow), skipped(casefile.DangerWho)), indicator))},
	{"H8b", casefile.High, "The witness is not safe.", nil, is(casefile.SelfSafe, "unsafe", "unsure")},
	{"H9", casefile.High, "Back home and threatened, or police matters that cannot wait.", []int{6}, either(all(returnee, either(is(casefile.DangerNow, "yes"), threat)),
		is(casefile.Pressure, "threatened"), is(casefile.LegalStatus, "soon"))},
	{"H10", casefile.High, "Three people or more, and something MEDIUM.", nil, all(group, anyRule(casefile.Medium))},
	{"H11", casefile.High, "Held by police or immigration.", nil, is(casefile.Freedom, "detained")},
	{"H12", casefile.High, "Needs a doctor urgently.", nil, either(is(casefile.Health, "injured"), all(is(casefile.Health, "pregnant"), heldBack))},
	{"H13", casefile.High, "About to leave on an offer that looks false.", []int{2}, either(is(casefile.Departure, "on_the_way"), is(casefile.OfferSigns, "passport_with_agent"),
		all(is(casefile.Departure, "this_week"), atLeast(2, is(casefile.OfferSigns, "tourist_visa"), is(casefile.OfferSigns, "no_contract"), is(casefile.OfferSigns, "cost_as_debt"))))},
	{"H14", casefile.High, "Not safe to answer.", nil, all(is(casefile.SafeNow, "no"), reporterBut(casefile.Info, casefile.Spam, casefile.Family))},
	{"H15", casefile.High, "Took it back, or asked for quiet or to be forgotten, while the case was HIGH or CRITICAL. Somebody else may hold the phone.", nil, all(either(is(casefile.Retraction, "yes"), known(casefile.Quieted), known(casefile.ForgetAsked)), open(casefile.High))},
	{"CRY", casefile.High, "A bare cry for help.", nil, is(casefile.Cry, "yes")},
	{"DANGER", casefile.High, "Danger was told. A person looks before anything else is asked.", nil, danger},
	{"M5b", casefile.High, "Stopped answering after telling something HIGH.", nil, all(is(casefile.Silence, "indicator"), open(casefile.High))},
	{"M6b", casefile.High, "First message, then silence, from a country where people are held.", nil, all(is(casefile.Silence, "first_message"), reporterBut(casefile.Info, casefile.Spam), either(numberFrom(hubs...), is(casefile.Country, hubs...)))},

	{"M1", casefile.Medium, "Two signs of forced labour.", nil, atLeast(2, deceived, passport, wages, threat, isolated, is(casefile.Hardship, "overtime"), is(casefile.Hardship, "conditions"), fine)},
	{"M2", casefile.Medium, "Forced work.", nil, atWork},
	{"M3", casefile.Medium, "No news of the person for days.", nil, is(casefile.LastContact, "days", "weeks", "unknown")},
	{"M4", casefile.Medium, "Recruiters ask them to come back.", nil, is(casefile.Pressure, "asked_back")},
	{"M5", casefile.Medium, "Stopped answering after telling something.", nil, is(casefile.Silence, "indicator")},
	{"M6", casefile.Medium, "First message, then silence.", nil, all(is(casefile.Silence, "first_message"), reporterBut(casefile.Info, casefile.Spam))},
	{"M7", casefile.Medium, "Isolated work, a forced marriage, a child who asks, or a returnee's doctor.", []int{1}, either(all(is(casefile.Livelihood, "domestic", "fishing"), either(isolated, wages, is(casefile.Hardship, "overtime"))),
		is(casefile.Livelihood, "forced_marriage"), all(flow(casefile.FlowInfo, casefile.FlowReturnee), minor), all(returnee, is(casefile.Health, "soon")))},
	{"M8", casefile.Medium, "A witness or returnee can't say whether there is danger.", nil, all(flow(casefile.FlowWitness, casefile.FlowReturnee), is(casefile.DangerNow, "unsure"))},
}
