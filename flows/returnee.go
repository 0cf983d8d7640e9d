package flows

import "pulang/internal/casefile"

// The conversation with somebody who is back home: help first, and nobody has to
// report. When others were left behind, the witness questions follow for them.
var returnee = with(
	node{
		key: casefile.DangerNow, flow: casefile.FlowReturnee, mask: "disguised.danger_now", masked: 3, short: true,
		done: func(v view) bool {
			// "No" to "is anyone in danger?" does not say whether they are looked for.
			return v.facts.Knows(casefile.DangerNow) || v.facts.Has(casefile.DangerWho, "me", "other") ||
				v.urgency() >= casefile.Critical
		},
	},
	deadline,
	deadlineDay,
	phone(isWatched, "the phone may be watched"),
	node{key: casefile.Health, flow: casefile.FlowReturnee, short: true},
	node{key: casefile.Needs, flow: casefile.FlowReturnee},
	node{key: casefile.Pressure, flow: casefile.FlowReturnee, short: true},
	node{key: casefile.LegalStatus, flow: casefile.FlowReturnee, short: true},
	node{key: casefile.Others, flow: casefile.FlowReturnee},
	node{
		key: casefile.DangerNow, name: "witness.danger_now", flow: casefile.FlowWitness, when: leftOthers, done: othersDanger,
		label: "others were left behind",
	},
	node{key: casefile.Seen, flow: casefile.FlowWitness, when: leftOthers, label: "others were left behind"},
	node{key: casefile.People, flow: casefile.FlowWitness, when: leftOthers, done: countKnown, label: "others were left behind"},
	node{key: casefile.AgeBand, flow: casefile.FlowReturnee},
	parentsSafe,
	node{
		key: casefile.Recontact, flow: casefile.FlowReturnee, short: true, keep: true,
		when: func(v view) bool { return !v.watched }, label: "nobody else reads the phone",
	},
	node{
		// The disguised words offer no hours, so they are those of the victim.
		key: casefile.Recontact, flow: casefile.FlowVictim, mask: "disguised.recontact", masked: 2, short: true, keep: true,
		when: isWatched, label: "the phone may be watched",
	},
)

func leftOthers(v view) bool { return v.facts.Has(casefile.Others, "yes") }

// othersDanger: danger was spoken of after they said that others were left
// behind, so it was about them.
func othersDanger(v view) bool {
	at := v.facts.Saying(casefile.Others, "yes")
	return len(at) > 0 && v.facts[at[0]+1:].Knows(casefile.DangerNow)
}
