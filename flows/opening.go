package flows

import "pulang/internal/casefile"

// The opening: for everybody before anything is known, and the questions that
// every flow shares.

var (
	// The language comes first, and only when nothing written so far tells it.
	language = node{
		key: casefile.Language, flow: casefile.FlowAll, mask: "all.language", masked: 2, short: true, free: true,
		done:  func(v view) bool { return v.lang != "" || v.facts.Knows(casefile.Language) },
		label: "no language could be told",
	}

	// Asked once, directly, before anything else (rule 19).
	selfHarmAsk = node{
		key: casefile.SelfHarmAsk, flow: casefile.FlowAll, mask: "disguised.self_harm_ask", masked: 3, short: true, free: true, keep: true,
		when: func(v view) bool {
			return v.facts.Has(casefile.SelfHarm, "yes") || v.facts.Has(casefile.DangerNow, "self_harm")
		},
		label: "they spoke of ending their life",
	}

	// A time is asked for right after danger, when none is known (rule 55). Whoever
	// is to be moved is asked for the hour; where nothing was said to be coming, or it
	// may be long past ("I was sold"), "at what hour" would make no sense, and the
	// disguised words offer digits.
	deadline = node{
		key: casefile.DeadlineWhen, flow: casefile.FlowAll, mask: "disguised.deadline", short: true, keep: true,
		when:  func(v view) bool { return toCome(v) && !hasTime(v) },
		label: "about to be moved or sold, and no time is known",
	}
	deadlineDay = node{
		key: casefile.DeadlineWhen, flow: casefile.FlowAll, mask: "disguised.deadline_day", masked: 4, short: true, keep: true,
		when:  func(v view) bool { return (inDanger(v) || v.facts.Knows(casefile.Moving)) && !toCome(v) && !hasTime(v) },
		label: "danger or sold, nothing said to be coming, and no time is known",
	}

	opening = with(
		node{
			key: casefile.DangerWho, flow: casefile.FlowAll, mask: "disguised.danger_who", masked: 4, short: true,
			done: func(v view) bool { return v.facts.Knows(casefile.DangerWho) || v.facts.Knows(casefile.DangerNow) },
		},
		node{key: casefile.Who, flow: casefile.FlowAll, mask: "disguised.who", masked: 5, short: true},
	)
)

// inDanger: they said so.
func inDanger(v view) bool {
	return v.facts.Has(casefile.DangerNow, "yes") || v.facts.Has(casefile.DangerWho, "me", "other")
}

// toCome: they are to be moved, or sold. "Sold" alone may be long past.
func toCome(v view) bool {
	return v.facts.Has(casefile.Moving, "moved", "handed_over", "border") ||
		v.facts.Has(casefile.Moving, "sold") && v.facts.Has(casefile.Threat, "sell")
}

// hasTime: they said when, or it is happening now.
func hasTime(v view) bool {
	return v.facts.Knows(casefile.DeadlineWhen) || v.facts.Knows(casefile.DeadlineAt) ||
		v.facts.Knows(casefile.RansomWhen) || v.facts.Knows(casefile.Acute) || v.facts.Has(casefile.Freedom, "running")
}

// dangerTold: nothing would be added by asking whether there is danger.
func dangerTold(v view) bool {
	return v.facts.Knows(casefile.DangerNow) || v.facts.Has(casefile.DangerWho, "me", "other", "no") ||
		v.urgency() >= casefile.Critical
}

func placeKnown(v view) bool {
	return v.facts.Knows(casefile.Country) || v.facts.Knows(casefile.Place)
}

func countKnown(v view) bool {
	return v.facts.Knows(casefile.People) || v.facts.Knows(casefile.Count)
}

func isChild(v view) bool { return v.facts.Has(casefile.AgeBand, "under18") }

func isAdult(v view) bool { return !isChild(v) }

func isWatched(v view) bool { return v.watched }

// phoneKnown: what was said of the phone still holds (rule 15).
func phoneKnown(v view) bool { return v.facts.Knows(casefile.DeviceWatched) && !v.expired }

// phone asks who else reads the phone. The victim is always asked, the others
// when something makes it doubtful.
func phone(when func(view) bool, label string) node {
	return node{
		key: casefile.DeviceWatched, flow: casefile.FlowVictim, mask: "disguised.device_watched", masked: 4, short: true,
		when: when, done: phoneKnown, label: label,
	}
}
