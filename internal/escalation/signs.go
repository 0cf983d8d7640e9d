package escalation

import "pulang/internal/casefile"

// danger is what alerts by itself: each of these, newly learned, opens or renews
// an escalation, also on a case that somebody has acknowledged. A threat picked from
// a list and a kept passport are signs (M1), not danger in this sense.
var danger = named("danger", either(
	is(casefile.DangerNow, "yes", "self_harm"), is(casefile.DangerWho, "me", "other"), known(casefile.Acute),
	is(casefile.SelfHarm, "yes"), is(casefile.SelfHarmAsk, "yes", "unsure"),
	heldBack, violence, sexual, known(casefile.Deprived), known(casefile.Moving), is(casefile.Freedom, "running", "detained"),
	ransom, is(casefile.Control, "must_pay"), is(casefile.Threat, "kill", "sell", "harm"), heard(casefile.Violence, "threatened"), is(casefile.Proof, "violence"),
	is(casefile.Plea, "yes"), is(casefile.Doubted, "yes"), is(casefile.Health, "injured"), is(casefile.Child, "exploited"), is(casefile.Seen, "child"),
	is(casefile.SelfSafe, "unsafe", "unsure"), is(casefile.Pressure, "threatened"), is(casefile.Cry, "yes"),
))

// sign is a condition with the ILO indicator it shows.
type sign struct {
	ILO  int
	When Condition
}

// signs says which facts show which of the 11 ILO indicators of forced labour.
var signs = []sign{
	{1, either(all(minor, atWork), is(casefile.Child, "exploited"), is(casefile.Threat, "police"))},
	{2, deceived},
	{3, heldBack},
	{4, either(confined, isolated, is(casefile.Seen, "taken"))},
	{5, either(violence, sexual, is(casefile.Proof, "violence"), all(notReturnee, is(casefile.DangerNow, "yes")))},
	{6, either(threat, ransom, is(casefile.Pressure, "threatened"), is(casefile.DangerNow, "yes"), is(casefile.Acute, "death_threat"))},
	{7, passport},
	{8, wages},
	{9, fine},
	{10, either(is(casefile.Hardship, "conditions"), known(casefile.Deprived))},
	{11, is(casefile.Hardship, "overtime")},
}

// indicator holds when any of the 11 does, or the person is forced to work.
var indicator = named("any indicator", either(indicators()...))

func indicators() []Condition {
	conditions := []Condition{atWork}
	for _, s := range signs {
		conditions = append(conditions, s.When)
	}
	return conditions
}

// The three parts of trafficking in the Palermo protocol and UU 21/2007.
var (
	act = named("act", either(knownBut(casefile.Recruiter, "unknown"), known(casefile.Act), known(casefile.Moving),
		all(flow(casefile.FlowVictim), knownBut(casefile.Country, "ID", "unknown"))))
	means   = named("means", either(violence, sexual, threat, heldBack, deceived, fine, ransom, passport, known(casefile.Deprived)))
	purpose = named("purpose", either(atWork, is(casefile.Seen, "forced_sex"), is(casefile.Child, "exploited"), is(casefile.Livelihood, "forced_marriage")))
)

// unclear is a need that only a person can find out.
var unclear = named("unclear need", either(is(casefile.DangerNow, "unsure"), is(casefile.DangerWho, "unsure"),
	skipped(casefile.DangerNow), skipped(casefile.DangerWho), known(casefile.Silence), known(casefile.SharedMedia), known(casefile.Needs)))

// asked is a request for a person, or one that only a person may decide.
var asked = named("asked for a person", either(known(casefile.HumanAsked), known(casefile.ForgetAsked)))

// Flags that staff see beside a case. They tell something, so they are sealed.
const (
	FlagCoercion   = "possible_coercion" // somebody else may hold the phone
	FlagChild      = "child"
	FlagMedical    = "medical"
	FlagSexual     = "sexual_violence"
	FlagSelfHarm   = "self_harm"
	FlagDeadline   = "deadline"
	FlagGroup      = "group"
	FlagSupervisor = "supervisor" // a supervisor is told at once
	FlagConflict   = "conflict_of_interest"
	FlagForget     = "forget_asked" // asked us to forget them
)

// flags says which facts set which flag; the order is the order of the list.
var flags = []struct {
	Name string
	When Condition
}{
	{FlagCoercion, is(casefile.Retraction, "yes")},
	{FlagSelfHarm, either(is(casefile.SelfHarm, "yes"), is(casefile.DangerNow, "self_harm"), is(casefile.SelfHarmAsk, "yes", "unsure"))},
	{FlagChild, child},
	{FlagMedical, either(is(casefile.Health, "injured", "pregnant", "soon"), is(casefile.Acute, "unconscious_or_dead"))},
	{FlagSexual, sexual},
	{FlagDeadline, soon},
	{FlagGroup, group},
	{FlagSupervisor, rule("H10b")},
	{FlagConflict, is(casefile.Recruiter, "family")},
	{FlagForget, is(casefile.ForgetAsked, "yes")},
}
