package flows

import "pulang/internal/casefile"

// The conversation with somebody who saw or heard of it. A witness who is not
// safe is treated like a possible victim from that answer on.
var witness = with(
	node{
		key: casefile.DangerNow, flow: casefile.FlowWitness, mask: "disguised.witness_danger_now", masked: 3, short: true,
		done: dangerTold,
	},
	node{key: casefile.SelfSafe, flow: casefile.FlowWitness, short: true},
	phone(isWatched, "the witness is not safe, or the phone may be watched"),
	deadline,
	deadlineDay,
	node{key: casefile.Country, flow: casefile.FlowWitness, mask: "disguised.witness_country", short: true, done: placeKnown},
	node{key: casefile.Seen, flow: casefile.FlowWitness, short: true},
	node{key: casefile.People, flow: casefile.FlowWitness, done: countKnown},
	node{key: casefile.Basis, flow: casefile.FlowWitness},
	node{key: casefile.When, flow: casefile.FlowWitness},
	node{key: casefile.Recontact, flow: casefile.FlowWitness, mask: "disguised.recontact", masked: 2, short: true, keep: true},
)
