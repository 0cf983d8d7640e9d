package main

import (
	"fmt"

	"pulang/internal/casefile"
)

// due is one letter to somebody, in the order they were queued, and how often it may be
// on the phone.
type due struct {
	body        casefile.Private
	least, most int
}

// compare says what is wrong with a screen; empty: every letter was said as often as it
// may be, and in order.
func compare(letters []due, screen []casefile.Private) string {
	if fits(letters, screen) {
		return ""
	}
	least, most, seen := map[casefile.Private]int{}, map[casefile.Private]int{}, map[casefile.Private]int{}
	for _, l := range letters {
		least[l.body] += l.least
		most[l.body] += l.most
	}
	for _, s := range screen {
		seen[s]++
	}
	var lost, twice int
	for body, n := range seen {
		twice += max(0, n-most[body])
	}
	for body, n := range least {
		lost += max(0, n-seen[body])
	}
	if lost+twice == 0 {
		return "replies are out of order"
	}
	return fmt.Sprintf("%d replies are lost, %d were said once too often", lost, twice)
}

// fits reports whether the screen can be read as the letters in their order.
func fits(letters []due, screen []casefile.Private) bool {
	reach := make([]bool, len(screen)+1) // how much of the screen the letters so far can explain
	reach[0] = true
	for _, l := range letters {
		next := make([]bool, len(screen)+1)
		for at, ok := range reach {
			for n := 0; ok && n <= l.most && at+n <= len(screen); n++ {
				if n > 0 && screen[at+n-1] != l.body {
					break
				}
				if n >= l.least {
					next[at+n] = true
				}
			}
		}
		reach = next
	}
	return reach[len(screen)]
}
