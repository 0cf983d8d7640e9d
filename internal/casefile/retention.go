package casefile

import "slices"

// Kind names a kind of data that is kept for a time.
type Kind string

// The kinds of data. What they are and how long they stay is the table Kept.
const (
	KeptCase         Kind = "case"
	KeptEnquiry      Kind = "enquiry"
	KeptShortFacts   Kind = "short_facts"
	KeptUntouched    Kind = "untouched"
	KeptRaw          Kind = "raw"
	KeptEchoes       Kind = "echoes"
	KeptSession      Kind = "session"
	KeptNobodys      Kind = "nobodys"
	KeptStaffLetters Kind = "staff_letters"
	KeptAlarms       Kind = "alarms"
	KeptSpentCodes   Kind = "spent_codes"
	KeptGuesses      Kind = "guesses"
	KeptDrafts       Kind = "drafts"
	KeptStatuses     Kind = "early_statuses"
	KeptSignIns      Kind = "sign_ins"
	KeptFailures     Kind = "failed_sign_ins"
	KeptChallenges   Kind = "challenges"
	KeptOldKeys      Kind = "old_sign_in_keys"
	KeptAudit        Kind = "audit"
	KeptTombstones   Kind = "tombstones"
)

// Keeping is one line of the table Kept: a kind of data, and when it goes.
type Keeping struct {
	Kind    Kind
	What    string // what it is, for whoever runs or audits the line
	Since   string // the moment from which the days count
	Days    Period // how long it stays by itself; 0: for good
	Longest Period // the most a deployment may choose; 0: it may choose nothing
	Why     string // why it is kept at all
}

// Kept is the whole policy of keeping: each kind of data with its time. What is
// part of a case goes only when the case is closed; nothing of an open one ever does.
var Kept = []Keeping{
	{KeptCase, "everything said or learned in a case: texts, media, facts, notes, replies, the address, the session; people of a group, consents, referrals, tasks, links, and the reasons of staff", "the case was closed", YearAfterClose, 1825, "people come back, and help takes months"},
	{KeptEnquiry, "the same, of somebody who only asked: low urgency, never alerted, never needed a person or only the info questions", "the case was closed", MonthAfterClose, YearAfterClose, "to answer a second question"},
	{KeptShortFacts, "the facts that the dictionary keeps for 30 days", "the case was closed", MonthAfterClose, YearAfterClose, "a planned departure says nothing once it is over"},
	{KeptUntouched, "a case that never entered the queue stays open, then closes by itself", "the person last wrote", 30, 90, "half a conversation is a report too"},
	{KeptRaw, "the provider's own bytes of a message, of closed cases", "it arrived", 30, 90, "to read again what a release misread"},
	{KeptEchoes, "the provider's number of a message that was forgotten, without its words", "it arrived", 7, 30, "so that a late repetition starts no new case"},
	{KeptSession, "the hot session in Redis", "the person last wrote", 1, 0, "speed; Redis forgets it by itself"},
	{KeptNobodys, "what belongs to no person: what staff write to the line, delivery statuses, unreadable bodies", "it arrived", 30, 90, "to look into what went wrong"},
	{KeptStaffLetters, "alerts and other messages to staff", "it was queued", 90, YearAfterClose, "to see whether somebody was reached"},
	{KeptAlarms, "alarms that somebody saw to", "it was cleared", 90, YearAfterClose, "to see what keeps going wrong"},
	{KeptSpentCodes, "used codes of alerts", "their escalation ended", YearAfterClose, 1095, "an old link still leads to its case"},
	{KeptGuesses, "wrong alert codes of staff; the next wrong one removes the old ones sooner", "it was typed", 1, 0, "to limit guessing"},
	{KeptDrafts, "what staff typed and have not sent; sending removes it sooner", "it was last touched", 30, 90, "nothing that was typed is lost with a page"},
	{KeptStatuses, "a provider's word on a message that nobody has written down as sent, with the provider's number of it", "it arrived", 1, 0, "it may arrive before our own note of the sending"},
	{KeptSignIns, "sessions of staff; the next sign-in removes those that ended sooner", "it expired", 1, 0, "the audit says who signed in"},
	{KeptFailures, "failed sign-ins, as keyed hashes; the next sign-in removes the old ones sooner", "it happened", 1, 0, "to slow guessing down"},
	{KeptChallenges, "what a browser was asked while somebody signed in", "it expired", 1, 0, "none: the answer is good for minutes"},
	{KeptOldKeys, "revoked passkeys and used recovery codes", "it was revoked or used", 90, YearAfterClose, "to look into a stolen key"},
	{KeptAudit, "the audit", "it was written", 3650, 0, "who saw and did what must be answered for years"},
	{KeptTombstones, "tombstones and plain statistics: ids, times, urgency, country, flow, channel, counts", "", 0, 0, "so that counts stay true, and a restored backup is forgotten again"},
}

// KeepingOf finds a kind in Kept; false when it is unknown.
func KeepingOf(kind Kind) (Keeping, bool) {
	i := slices.IndexFunc(Kept, func(k Keeping) bool { return k.Kind == kind })
	if i < 0 {
		return Keeping{}, false
	}
	return Kept[i], true
}
