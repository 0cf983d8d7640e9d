package flows

import "pulang/internal/casefile"

// The conversation with a possible victim: disguised until they say that nobody
// else reads the phone, and then at most ten questions.
var victim = with(
	node{
		key: casefile.DangerNow, flow: casefile.FlowVictim, mask: "disguised.danger_now", masked: 3, short: true,
		done: dangerTold,
	},
	deadline,
	deadlineDay,
	phone(nil, ""),
	node{
		key: casefile.Country, flow: casefile.FlowVictim, done: placeKnown,
		when: func(v view) bool { return !v.short }, label: "in the full flow",
	},
	node{
		key: casefile.Freedom, flow: casefile.FlowVictim, mask: "disguised.freedom", masked: 5, short: true,
	},
	node{
		key: casefile.Country, flow: casefile.FlowVictim, mask: "disguised.country_seen", short: true, done: placeKnown,
		when: func(v view) bool { return v.short && v.facts.Has(casefile.Freedom, "running") }, label: "on the run, in the short flow",
	},
	node{
		key: casefile.Country, flow: casefile.FlowVictim, mask: "disguised.country", short: true, done: placeKnown,
		when: func(v view) bool { return v.short }, label: "in the short flow",
	},
	node{key: casefile.AgeBand, flow: casefile.FlowVictim, mask: "disguised.age_band"},
	node{key: casefile.Violence, flow: casefile.FlowVictim, when: isAdult, label: "an adult"},
	node{
		key: casefile.Violence, flow: casefile.FlowVictim, text: "victim.violence_child", options: []string{"yes", "no"},
		when: isChild, label: "a child",
	},
	officerSex,
	node{key: casefile.Health, flow: casefile.FlowVictim, when: isAdult, label: "an adult"},
	node{
		key: casefile.Health, flow: casefile.FlowVictim, text: "victim.health_child", options: []string{"injured", "none"},
		when: isChild, label: "a child",
	},
	node{key: casefile.Control, flow: casefile.FlowVictim},
	node{key: casefile.ForcedWork, flow: casefile.FlowVictim, when: isAdult, label: "an adult"},
	node{
		key: casefile.Deceived, flow: casefile.FlowVictim,
		when:  func(v view) bool { return isAdult(v) && v.urgency() <= casefile.Medium },
		label: "an adult, and nothing urgent is known",
	},
	parentsSafe,
	node{key: casefile.Recontact, flow: casefile.FlowVictim, mask: "disguised.recontact", masked: 2, short: true, keep: true},
	node{key: casefile.People, flow: casefile.FlowVictim, done: countKnown},
)

// officerSex comes as soon as sexual violence is known, for everybody (rule 40).
var officerSex = node{
	key: casefile.OfficerSex, flow: casefile.FlowVictim, keep: true,
	when: func(v view) bool {
		return v.facts.Has(casefile.Violence, "abused") || v.facts.Has(casefile.ForcedWork, "sex")
	},
	label: "sexual violence",
}

// parentsSafe comes before anybody speaks of parents (rule 20).
var parentsSafe = node{
	key: casefile.ParentsSafe, flow: casefile.FlowVictim, keep: true, when: isChild, label: "a child",
}
