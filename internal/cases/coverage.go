package cases

import (
	"slices"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Watch is how many people were on duty in one hour: at the least.
type Watch struct {
	At    time.Time // when the hour begins
	Least int
}

// coverage goes back from who is on duty now to from, hour by hour. Changes come
// newest first. It is pure.
func coverage(onDuty []casefile.ID, changes []store.DutyChange, from, now time.Time) []Watch {
	on := map[casefile.ID]bool{}
	for _, id := range onDuty {
		on[id] = true
	}
	var hours []Watch
	at := 0
	for start := now.Truncate(time.Hour); !start.Before(from); start = start.Add(-time.Hour) {
		least := count(on)
		for ; at < len(changes) && !changes[at].At.Before(start); at++ {
			on[changes[at].Staff] = !changes[at].On // before it, it was the other way round
			least = min(least, count(on))
		}
		hours = append(hours, Watch{At: start, Least: least})
	}
	slices.Reverse(hours)
	return hours
}

func count(on map[casefile.ID]bool) (n int) {
	for _, is := range on {
		if is {
			n++
		}
	}
	return n
}
