package main

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// person is somebody who writes, or a member of staff.
type person struct {
	address string // chat id or number
	number  bool   // by SMS
	staff   bool
	script  []string
	step    int
	last    time.Time // when they last heard something

	mu      sync.Mutex
	waiting bool
	reply   chan time.Time
}

// hears is called when a reply has been handed to the provider.
func (p *person) hears(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting {
		p.waiting = false
		p.reply <- at
	}
}

// expects begins a wait for the next reply.
func (p *person) expects() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.reply: // of a turn that was given up
	default:
	}
	p.waiting = true
}

// scripts are what people write, one line for each turn. Every line is answered, and
// nothing in them is a danger: what danger costs is measured by itself.
var scripts = [][]string{
	{"mau tanya lowongan kerja di kamboja aman tidak", "1", "4", "5"},
	{"saya kerja di kamboja, mau tanya soal gaji", "1", "2", "3"},
	{"saya baru pulang dari kamboja bulan lalu, mau tanya bantuan", "1", "2", "3"},
	{"teman saya kerja di kamboja, mau tanya", "1", "2", "1"},
}

// cry is a first message that tells of danger.
const cry = "tolong kami disekap di myawaddy, paspor diambil, dipukuli tiap hari"

// rest is how long a person lets a reply lie before they write again. Providers take
// one message a second for one person, and so does the line.
const rest = 1500 * time.Millisecond

// crowd hands out people. One in so many who write begins; the others go on with their
// conversation. Of those who begin one in eight comes back after days, as long as
// there are stored people who have not.
type crowd struct {
	providers *providers
	base      int // first number of the new people, so that no two crowds share one
	oneIn     int // of so many who write one is new
	stored    int // how many stored people have not come back yet
	only      string

	mu      sync.Mutex
	made    int
	resting []*person
}

// next is who writes now.
func (c *crowd) next(now time.Time) *person {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.resting) > 0 && now.Sub(c.resting[0].last) >= rest && rand.IntN(c.oneIn) > 0 { // #nosec G404 -- which of them writes is no secret
		p := c.resting[0]
		c.resting = c.resting[1:]
		return p
	}
	return c.someoneNew()
}

// someoneNew makes a person; every other one writes by SMS. The caller holds the lock.
func (c *crowd) someoneNew() *person {
	n := c.made
	c.made++
	p := &person{number: n%2 == 1, script: scripts[n/2%len(scripts)], reply: make(chan time.Time, 1)}
	switch {
	case c.only != "":
		p.script = []string{c.only}
		p.address = address(c.base+n, p.number)
	case c.stored > 0 && n%8 == 0:
		c.stored--
		p.address = address(c.stored, false)
	default:
		p.address = address(c.base+n, p.number)
	}
	c.providers.meet(p)
	return p
}

// begun is how many people there have been.
func (c *crowd) begun() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made
}

// address is somebody's chat, or their number.
func address(n int, number bool) string {
	if number {
		return "+6281" + strconv.Itoa(100_000_000+n)
	}
	return strconv.Itoa(1_000_000_000 + n)
}

// back takes somebody who heard a reply.
func (c *crowd) back(p *person, at time.Time) {
	p.step++
	p.last = at
	if p.step == len(p.script) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resting = append(c.resting, p)
}
