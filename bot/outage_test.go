package bot

import (
	"fmt"
	"testing"
	"time"

	"pulang/internal/casefile"
)

func who(n int) casefile.Address {
	return casefile.Address{Channel: "sms", ID: casefile.Hide(fmt.Sprint(n))}
}

// writes is somebody writing in an outage.
func (o *outage) writes(a casefile.Address) {
	if o.meets(a) {
		o.asks(person{address: a})
	}
}

func TestPeopleAreToldOfAnOutageAndNotOfOneFailedCommit(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	for name, one := range map[string]struct {
		does    func(o *outage)
		now     int
		answers bool // the database does, when it is asked
		want    int
	}{
		"nobody is told before five seconds": {func(o *outage) { o.failed(at(0), at(0)); o.writes(who(1)) }, 4, false, 0},
		"at five they are":                   {func(o *outage) { o.failed(at(0), at(0)); o.writes(who(1)) }, 5, false, 1},
		"one failed commit is no outage":     {func(o *outage) { o.failed(at(0), at(0)); o.writes(who(1)) }, 6, true, 0},
		"several are, though it answers":     {func(o *outage) { o.failed(at(0), at(0)); o.failed(at(4), at(4)); o.writes(who(1)) }, 6, true, 1},
		"something was stored":               {func(o *outage) { o.failed(at(0), at(0)); o.writes(who(1)); o.over() }, 6, false, 0},
		"quiet for long, and it answers": {func(o *outage) {
			o.failed(at(0), at(0))
			o.failed(at(4), at(4))
			o.writes(who(1))
		}, 14, true, 0},
		"once to each": {func(o *outage) { o.failed(at(0), at(0)); o.writes(who(1)); o.writes(who(1)); o.writes(who(2)) }, 6, false, 2},
		"never to staff": {func(o *outage) {
			o.staff = map[casefile.Address]bool{who(1): true}
			o.failed(at(0), at(0))
			o.writes(who(1))
		}, 6, false, 0},
		"before any failure": {func(o *outage) { o.writes(who(1)); o.failed(at(0), at(0)) }, 6, false, 0},
		"in the next outage again": {func(o *outage) {
			o.failed(at(0), at(0))
			o.writes(who(1))
			_ = o.due(at(6), false, 10)
			o.over()
			o.failed(at(7), at(7))
			o.writes(who(1))
		}, 13, false, 1},
		"a few at a time": {func(o *outage) {
			o.failed(at(0), at(0))
			for n := range 20 {
				o.writes(who(n))
			}
		}, 6, false, 10},
		"memory has an end": {func(o *outage) {
			o.failed(at(0), at(0))
			for n := range mostAsking + 5 {
				o.writes(who(n))
			}
			_ = o.due(at(6), false, mostAsking-3)
		}, 6, false, 3},
	} {
		o := &outage{}
		one.does(o)
		if got := len(o.due(at(one.now), one.answers, 10)); got != one.want {
			t.Errorf("%s: %d are told, want %d", name, got, one.want)
		}
	}
}
