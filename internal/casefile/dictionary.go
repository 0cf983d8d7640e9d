package casefile

// The keys of facts. The first group are questions (domain/questions.csv), the
// second are learned only by hearing or by the line noting them.
const (
	SafeNow       Key = "safe_now"
	Language      Key = "language"
	DangerWho     Key = "danger_who"
	Who           Key = "who"
	DeadlineWhen  Key = "deadline"
	SelfHarmAsk   Key = "self_harm_ask"
	DangerNow     Key = "danger_now"
	DeviceWatched Key = "device_watched"
	Country       Key = "country"
	Freedom       Key = "freedom"
	AgeBand       Key = "age_band"
	Violence      Key = "violence"
	Health        Key = "health"
	Control       Key = "control"
	ForcedWork    Key = "forced_work"
	Deceived      Key = "deceived"
	Recontact     Key = "recontact"
	People        Key = "people"
	OfficerSex    Key = "officer_sex"
	ParentsSafe   Key = "parents_safe"
	LastContact   Key = "last_contact"
	Told          Key = "told"
	Ransom        Key = "ransom"
	RansomWhen    Key = "ransom_when"
	Recruiter     Key = "recruiter"
	ContactSafe   Key = "contact_safe"
	ReportedTo    Key = "reported_to"
	SelfSafe      Key = "self_safe"
	Seen          Key = "seen"
	Basis         Key = "basis"
	When          Key = "when"
	Needs         Key = "needs"
	Pressure      Key = "pressure"
	LegalStatus   Key = "legal_status"
	Others        Key = "others"
	Departure     Key = "departure"
	OfferSigns    Key = "offer_signs"

	Place       Key = "place"        // canonical name of places.csv, or what was typed
	Origin      Key = "origin"       // where the person is from, never where help is needed
	Promised    Key = "promised"     // the place the job was promised in
	Count       Key = "count"        // how many people, in digits
	Act         Key = "act"          // recruited, transported, harboured: the ACT of the Palermo line
	Acute       Key = "acute"        // wording of violence or death happening now
	SelfHarm    Key = "self_harm"    // wording of wanting to die or to hurt oneself
	Deprived    Key = "deprived"     // starved, tied
	Moving      Key = "moving"       // about to be sold, moved, handed over
	Threat      Key = "threat"       // what is threatened
	Child       Key = "child"        // a person under 18 is in the situation
	Proof       Key = "proof"        // evidence of violence sent with a demand for money
	Plea        Key = "plea"         // the missing person pleaded for help
	Doubted     Key = "doubt"        // sounds like danger, and no meaning says which
	Hardship    Key = "hardship"     // overtime, conditions, isolation, fines
	Livelihood  Key = "livelihood"   // domestic work, fishing crew, forced marriage
	Cry         Key = "cry"          // a bare cry for help
	HumanAsked  Key = "human_asked"  // asked for a person
	Quieted     Key = "quieted"      // asked us to be quiet, or to stop
	WipeAsked   Key = "wipe_asked"   // asked us to delete the conversation
	ForgetAsked Key = "forget_asked" // asked us to forget what we hold about them
	Retraction  Key = "retraction"   // "wrong number", "it was not me": flags possible_coercion
	Silence     Key = "silence"      // stopped answering where an answer mattered
	DeadlineAt  Key = "deadline_at"  // a time heard in the text, RFC 3339, with its doubt
	NamedAgency Key = "named_agency" // an agency, or an officer of it, is named: the report is kept from it
	SharedMedia Key = "shared_media" // sent a photo, a voice message, a place, a contact
)

// Dictionary says of every kind of fact which meanings it has, why we ask, and
// when we forget. It is the source of docs/facts.md.
var Dictionary = []Entry{
	{SafeNow, []string{"yes", "no"}, "to write nothing to somebody who cannot be written to safely", YearAfterClose},
	{Language, []string{"id", "en"}, "to speak the language of the person", YearAfterClose},
	{DangerWho, []string{"me", "other", "no", "unsure"}, "danger comes first, also when we do not know who writes", YearAfterClose},
	{Who, []string{"victim", "family", "witness", "returnee", "info"}, "each needs different questions", YearAfterClose},
	{DeadlineWhen, []string{"now", "today", "tomorrow", "unsure"}, "staff must know how long there is", YearAfterClose},
	{SelfHarmAsk, []string{"yes", "no", "unsure"}, "asking directly is safer than guessing", YearAfterClose},
	{DangerNow, []string{"yes", "no", "unsure", "self_harm"}, "danger alerts staff before anything else", YearAfterClose},
	{DeviceWatched, []string{"yes", "sometimes", "nobody", "borrowed"}, "decides what may be written to this phone", YearAfterClose},
	{Country, []string{"MM", "KH", "LA", "TH", "PH", "ID", "other", "unknown"}, "decides which mission can help; other ISO codes are heard", YearAfterClose},
	{Freedom, []string{"free", "locked", "escorted", "running", "out", "detained"}, "confinement is the strongest sign of danger", YearAfterClose},
	{AgeBand, []string{"under18", "adult", "unknown"}, "children are led by the child lead", YearAfterClose},
	{Violence, []string{"beaten", "abused", "threatened", "none", "yes", "no"}, "decides how soon and by whom", YearAfterClose},
	{Health, []string{"injured", "pregnant", "with_child", "none", "soon", "later", "no"}, "medical help may be the first need", YearAfterClose},
	{Control, []string{"passport_kept", "must_pay", "pay_held", "phone_taken", "none"}, "means of control named by the ILO", YearAfterClose},
	{ForcedWork, []string{"online", "sex", "other", "none"}, "the purpose in law; never what was done", YearAfterClose},
	{Deceived, []string{"yes", "no", "unsure"}, "deception is an ILO indicator", YearAfterClose},
	{Recontact, []string{"only_me", "any_time", "hours", "message", "call", "morning", "midday", "afternoon", "evening"}, "we write first only where the person allowed it", YearAfterClose},
	{People, []string{"one", "few", "many", "unknown"}, "groups need more help at once", YearAfterClose},
	{OfficerSex, []string{"woman", "man", "anyone"}, "the person chooses who helps", YearAfterClose},
	{ParentsSafe, []string{"yes", "no", "unsure"}, "family may have recruited a child", YearAfterClose},
	{LastContact, []string{"today", "days", "weeks", "months", "unknown"}, "long silence is a sign of danger", YearAfterClose},
	{Told, []string{"locked", "hurt", "passport_kept", "forced_work", "nothing"}, "what the missing person said of it", YearAfterClose},
	{Ransom, []string{"unpaid", "paid", "none"}, "a demand for money is a threat; we never ask how much", YearAfterClose},
	{RansomWhen, []string{"today_or_tomorrow", "this_week", "none"}, "a limit of time sets the urgency", YearAfterClose},
	{Recruiter, []string{"family", "friend", "social_media", "agency", "unknown"}, "to find a conflict of interest before sharing", YearAfterClose},
	{ContactSafe, []string{"watched", "not_watched", "unknown"}, "staff must know; no answer ever unlocks contact", YearAfterClose},
	{ReportedTo, []string{"mission", "police", "worker_office", "aid_group", "nobody"}, "to not ask twice and to not report twice", YearAfterClose},
	{SelfSafe, []string{"safe", "unsafe", "unsure"}, "a witness may be in danger too", YearAfterClose},
	{Seen, []string{"locked", "hurt", "child", "taken", "forced_sex", "other"}, "what was seen decides the urgency", YearAfterClose},
	{Basis, []string{"saw", "told_by_person", "told_by_other", "internet"}, "how sure it is; never lowers a level", YearAfterClose},
	{When, []string{"now", "today", "days", "week_or_more"}, "how fresh it is", YearAfterClose},
	{Needs, []string{"documents", "legal", "work", "shelter", "wages", "protection", "other"}, "the plan of help", YearAfterClose},
	{Pressure, []string{"asked_back", "threatened", "none"}, "recruiters come back", YearAfterClose},
	{LegalStatus, []string{"soon", "later", "none"}, "legal aid before any statement", YearAfterClose},
	{Others, []string{"yes", "no", "unsure"}, "others may still be held", YearAfterClose},
	{Departure, []string{"on_the_way", "this_week", "later", "none"}, "somebody at the airport can still be helped", MonthAfterClose},
	{OfferSigns, []string{"tourist_visa", "no_contract", "cost_as_debt", "passport_with_agent", "none"}, "signs of a false offer", MonthAfterClose},

	{Place, nil, "where help is needed", YearAfterClose},
	{Origin, nil, "where the person comes from, for the return", YearAfterClose},
	{Promised, nil, "deception about the country", YearAfterClose},
	{Count, nil, "how many people need help", YearAfterClose},
	{Act, []string{"recruited", "transported", "harboured"}, "the act in the Palermo definition", YearAfterClose},
	{Acute, []string{"violence_now", "death_threat", "unconscious_or_dead"}, "danger in this moment", YearAfterClose},
	{SelfHarm, []string{"yes"}, "a person must hear it", YearAfterClose},
	{Deprived, []string{"starved", "tied"}, "with confinement it is the highest danger", YearAfterClose},
	{Moving, []string{"sold", "moved", "handed_over", "border"}, "after a move people are hard to find", YearAfterClose},
	{Threat, []string{"kill", "sell", "harm", "family", "police"}, "what is threatened decides the urgency", YearAfterClose},
	{Child, []string{"yes", "exploited"}, "children are led by the child lead", YearAfterClose},
	{Proof, []string{"violence"}, "pictures of violence with a demand for money", YearAfterClose},
	{Plea, []string{"yes"}, "a plea shortens every limit of time", YearAfterClose},
	{Doubted, []string{"yes"}, "what sounds like danger is read by a person, also when nothing names it", YearAfterClose},
	{Hardship, []string{"overtime", "conditions", "isolation", "fine"}, "ILO indicators heard in passing", YearAfterClose},
	{Livelihood, []string{"domestic", "fishing", "forced_marriage"}, "isolated work needs another look", YearAfterClose},
	{Cry, []string{"yes"}, "a bare cry for help", YearAfterClose},
	{HumanAsked, []string{"yes", "unreadable", "flow_end"}, "a person wants a person", YearAfterClose},
	{Quieted, []string{"quiet", "stop"}, "nothing is sent after it", YearAfterClose},
	{WipeAsked, []string{"yes"}, "the phone must be cleared", YearAfterClose},
	{ForgetAsked, []string{"yes"}, "the person decides whether we keep it, once nobody is in danger", YearAfterClose},
	{Retraction, []string{"yes"}, "somebody else may hold the phone: flag possible_coercion", YearAfterClose},
	{Silence, []string{"cry", "indicator", "first_message"}, "silence after danger raises the urgency", YearAfterClose},
	{DeadlineAt, nil, "a time heard in the text sets a clock", YearAfterClose},
	{NamedAgency, []string{"police", "immigration", "mission", "kemlu", "bp2mi", "military", "manpower", "official"}, "a report about an agency must never reach it", YearAfterClose},
	{SharedMedia, []string{"photo", "voice", "video", "document", "location", "contact", "sticker", "other"}, "evidence the person chose to send", YearAfterClose},
}
