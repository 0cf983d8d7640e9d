package escalation

import (
	"math/bits"
	"slices"

	"pulang/internal/casefile"
)

// keys is a set of keys, a bit for each. Two keys may share a bit: that costs a look
// at the facts, and changes no answer.
type keys uint64

func keyOf(key casefile.Key) keys {
	n := uint32(0)
	for _, c := range []byte(key) {
		n = (n ^ uint32(c)) * 16777619 // as FNV does it
	}
	return 1 << (n >> 26)
}

func (ks keys) count() int { return bits.OnesCount64(uint64(ks)) }

func keysOf(facts casefile.Facts) keys {
	var told keys
	for _, f := range facts {
		told |= keyOf(f.Key)
	}
	return told
}

// neededBy is what a condition needs that holds when need of cs do: when it takes them
// all, what the choosiest needs.
func neededBy(cs []Condition, need int) keys {
	var every, fewest keys
	for _, c := range cs {
		every |= c.needs
		if c.needs != 0 && (fewest == 0 || c.needs.count() < fewest.count()) {
			fewest = c.needs
		}
	}
	if need == len(cs) {
		return fewest
	}
	if slices.ContainsFunc(cs, func(c Condition) bool { return c.needs == 0 }) {
		return 0
	}
	return every
}
