package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Plan is everything that will happen, made from a seed before anything runs.
type Plan struct {
	People  []Person
	Lines   []Line   // of all people, by time
	Strikes []Strike // by time
}

// Person is somebody who writes.
type Person struct {
	SMS  bool
	Chat int64  // on Telegram
	Name string // on Telegram
	Call string // their number, on SMS
}

// Line is one thing that somebody writes.
type Line struct {
	At     time.Duration
	Person int
	Text   string
	Press  bool // press the button with this label, where there is one
	Danger bool // it tells of danger that must alert
}

// Strike is one fault.
type Strike struct {
	At, For time.Duration
	Fault   string // its name in faults
	Process int    // which process, or which provider's turn it is
	N       int    // how many calls, answers or kilobytes
}

// The rates of a run, for each second of it.
const (
	peopleRate = 2.0 // new people
	strikeRate = 1.3
)

// canary is in what people write and in their names. It is no word, so that hear
// makes nothing of it, and it must never be seen in a log.
const canary = "qzkenari"

// opening is what people begin with, and going what they go on with. Danger must be heard
// in the texts that are marked.
var (
	opening = []Line{
		{Text: "tolong saya disekap, dipukuli", Danger: true},
		{Text: "saya dikurung dan mau dibunuh", Danger: true},
		{Text: "halo"},
		{Text: "paspor saya dipegang bos"},
		{Text: "saya mau tanya soal kerja di luar negeri"},
		{Text: "tolong"},
	}
	going = []Line{
		{Text: "1", Press: true}, {Text: "2", Press: true}, {Text: "3", Press: true}, {Text: "0"}, {Text: "1 2"},
		{Text: "saya tidak tahu"}, {Text: "saya di myawaddy"}, {Text: "help"}, {Text: "gaji tidak dibayar"},
		{Text: "saya dipukuli lagi", Danger: true},
	}
)

// newPlan makes the plan of a seed.
func newPlan(seed uint64, length time.Duration, processes int) Plan {
	dice := rand.New(rand.NewPCG(seed, 0x70756c616e67)) // #nosec G404 -- a plan that can be repeated
	var p Plan
	for i := range int(max(20, length.Seconds()*peopleRate)) {
		p.People = append(p.People, newPerson(dice, i))
		p.Lines = append(p.Lines, story(dice, i, length)...)
	}
	slices.SortStableFunc(p.Lines, func(a, b Line) int { return cmp.Compare(a.At, b.At) })
	p.Strikes = strikes(dice, length, processes)
	return p
}

func newPerson(dice *rand.Rand, i int) Person {
	if dice.IntN(3) == 0 {
		return Person{SMS: true, Call: fmt.Sprintf("+6281%03d%05d", 100+dice.IntN(900), i)}
	}
	return Person{Chat: int64(6_100_000_000 + i*1009 + dice.IntN(1000)), Name: canary + fmt.Sprint(i)}
}

// story is what one person writes: now and then in bursts, some with danger at once.
func story(dice *rand.Rand, person int, length time.Duration) []Line {
	at := time.Duration(dice.Float64() * 0.8 * float64(length))
	first := opening[dice.IntN(len(opening))]
	lines := []Line{first}
	for range 2 + dice.IntN(7) {
		lines = append(lines, going[dice.IntN(len(going))])
	}
	burst := false
	for i := range lines {
		lines[i].At, lines[i].Person = at, person
		if !lines[i].Press && len(lines[i].Text) > 8 {
			lines[i].Text += fmt.Sprintf(" %s%d", canary, dice.IntN(1000))
		}
		burst = dice.IntN(4) == 0 || burst && dice.IntN(2) == 0
		if burst {
			at += time.Duration(dice.IntN(50)) * time.Millisecond
		} else {
			at += 200*time.Millisecond + time.Duration(dice.ExpFloat64()*float64(1500*time.Millisecond))
		}
	}
	return slices.DeleteFunc(lines, func(l Line) bool { return l.At > length })
}

// strikes lets every fault happen before one happens again.
func strikes(dice *rand.Rand, length time.Duration, processes int) []Strike {
	var all []Strike
	var deck []fault
	for at := time.Second; at < length; at += time.Duration((0.3 + dice.ExpFloat64()*0.7) / strikeRate * float64(time.Second)) {
		if len(deck) == 0 {
			deck = slices.DeleteFunc(slices.Clone(faults), func(f fault) bool { return f.Least > length })
			dice.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		}
		f := deck[0]
		deck = deck[1:]
		lasts := f.Min + time.Duration(dice.Float64()*float64(f.Max-f.Min))
		all = append(all, Strike{At: at, For: min(lasts, max(length/5, f.Least/3)), Fault: f.Name, Process: dice.IntN(processes), N: 1 + dice.IntN(20)})
	}
	return all
}
