package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	// outageAfter is how long nothing could be stored before people are told: one
	// commit that fails is no outage.
	outageAfter = 5 * time.Second
	// quiet is how long no commit may have failed before an outage counts as over,
	// when the database answers and nobody writes.
	quiet = 10 * time.Second
	// mostAsking is how many people are kept in mind in one outage.
	mostAsking = 10_000
	// mostTold is how many people are told a second: alerts to staff need room too.
	mostTold = 5
	// pingTime is how long the database may take to answer when it is only asked
	// whether it lives.
	pingTime = 2 * time.Second
	// staffEvery is how often the addresses of staff are read, for the next outage.
	staffEvery = 10 * time.Minute
)

// outage is what the line remembers while nothing can be stored: since when, and who
// wrote. Each of them gets one reply from memory (rule 39). All of it is in memory
// alone: a process that is started anew in an outage may say it once more.
type outage struct {
	mu       sync.Mutex
	since    time.Time // of the first failure in a row; zero: all is well
	last     time.Time // of the newest
	failures int
	asking   []person                  // who waits for the reply
	asked    map[casefile.Address]bool // who wrote in this outage, told or not
	staff    map[casefile.Address]bool // who is never told: they hear an alarm instead
	readAt   time.Time                 // when staff was read
}

// person is somebody who wrote in an outage.
type person struct {
	address casefile.Address
	lang    casefile.Lang // empty: not known
	kept    bool          // what they wrote is kept, or their provider repeats it
}

// failed notes that something could not be stored, since began.
func (o *outage) failed(began, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		o.since = began
		o.asked = map[casefile.Address]bool{}
	}
	o.last = now
	o.failures++
}

// over notes that something was stored: the outage is over, and the next is another.
func (o *outage) over() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.since.IsZero() {
		o.since, o.last, o.failures, o.asking, o.asked = time.Time{}, time.Time{}, 0, nil, nil
	}
}

// stands reports whether something failed and nothing was stored since.
func (o *outage) stands() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.since.IsZero()
}

// meets reports whether an address writes for the first time in this outage and may
// be told of it.
func (o *outage) meets(a casefile.Address) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() || o.asked[a] || o.staff[a] || len(o.asked) >= mostAsking {
		return false
	}
	o.asked[a] = true
	return true
}

func (o *outage) asks(p person) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.since.IsZero() {
		o.asking = append(o.asking, p)
	}
}

// due is who is to be told now, at most so many. answers says that the database
// answers: then it takes more than one failure to be an outage, and some silence ends it.
func (o *outage) due(now time.Time, answers bool, most int) []person {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.since.IsZero(), now.Sub(o.since) < outageAfter:
		return nil
	case answers && now.Sub(o.last) >= quiet:
		o.since, o.asking, o.failures = time.Time{}, nil, 0
		return nil
	case answers && o.failures < 2:
		return nil
	}
	n := min(most, len(o.asking))
	told := o.asking[:n:n]
	o.asking = o.asking[n:]
	return told
}

// learn tells from how storing ended whether there is an outage.
func (l *Line) learn(began time.Time, err error) {
	switch {
	case err == nil:
		l.outage.over()
	case away(err):
		l.outage.failed(began, l.now())
	}
}

// meet keeps those in mind who wrote in an outage and would want an answer; kept says
// that their words are not lost. Who says that nobody should answer is left alone, also
// in an outage: words are heard for that, and for nothing else.
func (l *Line) meet(items []Arrived, kept bool) {
	for _, item := range items {
		a := addressOf(item)
		plain := item.Note == "" || item.Note == NoteForwarded
		if item.From.IsEmpty() || !plain || !item.Kind.IsSpoken() || item.Kind == casefile.KindEdit || !l.outage.meets(a) {
			continue
		}
		_ = safely(func() error {
			if lang, answer := l.wantsAnswer(item); answer {
				l.outage.asks(person{a, lang, kept})
			}
			return nil
		})
	}
}

// wantsAnswer hears a message as an answer to the opening line, which asks whether to
// reply at all.
func (l *Line) wantsAnswer(item Arrived) (casefile.Lang, bool) {
	opening, _ := casefile.QuestionOf(casefile.FlowAll, casefile.SafeNow)
	r := l.ear.Load().Read(casefile.ID{}, item.Kind, item.Text, casefile.Hearing{Pending: opening, Hint: item.Lang, Now: l.now()})
	switch r.Command {
	case casefile.QuietCommand, casefile.StopCommand, casefile.WipeCommand, casefile.ForgetCommand:
		return "", false
	}
	for _, answer := range r.Answers {
		if answer.Key == casefile.SafeNow && len(answer.Values) > 0 && answer.Values[0] == "no" {
			return "", false
		}
	}
	lang := item.Lang
	if lang == "" && !r.Faint {
		lang = r.Lang
	}
	if lang != casefile.Indonesian && lang != casefile.English {
		lang = ""
	}
	return lang, !r.Retracts
}

// outageOnce looks after an outage: it asks whether the database lives, and tells the
// people who wrote. It also looks after the spool, which must not wait for the line to
// open.
func (l *Line) outageOnce(ctx context.Context) (more bool, err error) {
	if err := l.Keep(); err != nil {
		l.metrics.failures.WithLabelValues("spool").Inc()
		l.log.Error("the spool cannot be looked after; it is tried again", "error", err)
	}
	if !l.outage.stands() {
		return false, l.rememberStaff(ctx)
	}
	asked, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	answers := l.store.Ping(asked) == nil
	for _, p := range l.outage.due(l.now(), answers, mostTold) {
		l.flights.Go(func() { l.tellOutage(context.WithoutCancel(ctx), p) })
	}
	return false, nil
}

// tellOutage sends the one reply, directly: there is no outbox now. One that does not
// arrive is not said again, because nothing could remember that it was.
func (l *Line) tellOutage(ctx context.Context, p person) {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	key, lang := "line.outage", string(p.lang)
	if p.kept {
		key = "line.outage_kept"
	}
	if lang == "" {
		key, lang = key+"_both", string(casefile.Indonesian)
	}
	channel := l.byName[p.address.Channel]
	text, err := l.words(p.address.Channel, lang, key, nil)
	if err == nil {
		_, err = channel.Send(ctx, Outgoing{Delivery: casefile.NewID(l.now()), To: p.address.ID, Text: text})
	}
	outcome := Sent
	var trouble *SendError
	if errors.As(err, &trouble) {
		outcome = trouble.Outcome
	} else if err != nil {
		outcome = Refused
	}
	l.metrics.deliveries.WithLabelValues(string(p.address.Channel), "outage_"+string(outcome)).Inc()
}

// rememberStaff reads the addresses of staff while the database is there.
func (l *Line) rememberStaff(ctx context.Context) error {
	now := l.now()
	l.outage.mu.Lock()
	fresh := !l.outage.readAt.IsZero() && now.Sub(l.outage.readAt) < staffEvery
	l.outage.mu.Unlock()
	if fresh || !l.isOpen() {
		return nil
	}
	staff := map[casefile.Address]bool{}
	err := l.store.InTx(ctx, func(tx *store.Tx) error {
		all, err := tx.AllStaff(ctx)
		for _, one := range all {
			for _, c := range l.channels {
				to, ok, wrong := tx.StaffReach(ctx, one.ID, c.Name())
				if wrong != nil {
					return wrong
				}
				if ok {
					staff[casefile.Address{Channel: c.Name(), ID: to.Address}] = true
				}
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	l.outage.mu.Lock()
	defer l.outage.mu.Unlock()
	l.outage.staff, l.outage.readAt = staff, now
	return nil
}
