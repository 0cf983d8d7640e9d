package flows

import "pulang/internal/casefile"

// The conversation with a relative of somebody missing or held. No answer ever
// leads to writing to the missing person (rule 26).
var family = with(
	node{
		key: casefile.DangerNow, flow: casefile.FlowFamily, mask: "disguised.family_danger_now", masked: 3, short: true,
		done: dangerTold,
	},
	deadline,
	deadlineDay,
	phone(isWatched, "the phone may be watched"),
	node{
		key: casefile.RansomWhen, flow: casefile.FlowFamily, mask: "disguised.ransom_when", masked: 3, short: true,
		when: func(v view) bool { return v.facts.Has(casefile.Ransom, "unpaid") },
		done: func(v view) bool {
			return v.facts.Knows(casefile.RansomWhen) || v.facts.Knows(casefile.DeadlineAt) ||
				v.facts.Has(casefile.DeadlineWhen, "now", "today", "tomorrow")
		},
		label: "money was demanded and not paid, and no time is known",
	},
	node{key: casefile.AgeBand, flow: casefile.FlowFamily},
	node{key: casefile.Country, flow: casefile.FlowFamily, mask: "disguised.family_country", short: true, done: placeKnown},
	node{key: casefile.LastContact, flow: casefile.FlowFamily, short: true},
	node{
		key: casefile.Told, flow: casefile.FlowFamily,
		done: func(v view) bool {
			return v.facts.Knows(casefile.Told) || v.facts.Knows(casefile.Freedom) || v.facts.Knows(casefile.Violence) || v.facts.Knows(casefile.Deprived) || v.facts.Knows(casefile.Control)
		},
	},
	node{key: casefile.Ransom, flow: casefile.FlowFamily, short: true},
	node{key: casefile.Recruiter, flow: casefile.FlowFamily},
	node{key: casefile.ContactSafe, flow: casefile.FlowFamily},
	node{key: casefile.ReportedTo, flow: casefile.FlowFamily},
	node{key: casefile.Recontact, flow: casefile.FlowFamily, mask: "disguised.recontact", masked: 2, short: true, keep: true},
)
