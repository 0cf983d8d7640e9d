package cases

// Fewest is the least count that leaves the team. What is below is not shown, and so is
// what it could be worked out from.
const Fewest = 5

// Share is one line of a count.
type Share struct {
	Key    string
	N      int
	Hidden bool // it does not leave the team
}

// Suppress hides what is below Fewest, zero too, and as much beside it as it takes that
// the total does not tell it: a single hidden line is the total without the others, and
// several are known when together they are as few, or as many, as they can be. What is
// hidden beside it is the first line that is not: one chosen by its size would tell of
// the others, to whoever knows the rule. So the order must not come from the counts. It
// reports false when that cannot be done, and then nothing of it may leave.
func Suppress(shares []Share) ([]Share, bool) {
	out := make([]Share, len(shares))
	hidden, sum := 0, 0
	for i, s := range shares {
		out[i] = s
		if out[i].Hidden = s.N < Fewest; out[i].Hidden {
			hidden, sum = hidden+1, sum+s.N
		}
	}
	if hidden == 0 || sum == 0 { // nothing to hide, or only that there is nothing
		return out, true
	}
	if hidden > 1 && sum > hidden && sum < hidden*(Fewest-1) {
		return out, true
	}
	for i, s := range out {
		if !s.Hidden {
			out[i].Hidden = true
			return out, true
		}
	}
	return out, false
}
