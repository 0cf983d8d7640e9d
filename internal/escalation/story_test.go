package escalation

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/store"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

// noon in Jakarta, where the house of these tests is.
var noon = time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC)

// house is a hotline with its staff and one case, Rina's.
type house struct {
	t      *testing.T
	bed    *testbed.Bed
	db     *store.Store
	sql    *pgx.Conn
	ladder *Escalation
	now    time.Time
	staff  map[string]casefile.ID
	names  map[casefile.ID]string

	rina  store.Conversation
	kase  casefile.ID
	facts casefile.Facts
	about About
	seen  int64 // the last alert looked at

	alarms []store.AlarmKind
	broken bool // the alarm addresses can't be reached
}

func newHouse(t *testing.T) *house {
	t.Helper()
	t.Parallel()
	bed := testbed.Open(t, stack, testbed.Options{At: noon, Pool: 4})
	h := &house{t: t, bed: bed, db: bed.Store, sql: bed.SQL(), now: noon, staff: map[string]casefile.ID{}, names: map[casefile.ID]string{}, about: victim}
	h.ladder = &Escalation{Store: h.db, Channels: []casefile.ChannelName{"telegram", "sms"}, Zone: time.FixedZone("WIB", 7*3600),
		Alarm: func(_ context.Context, a store.Alarm) error {
			if h.broken {
				return errors.New("no way out")
			}
			h.alarms = append(h.alarms, a.Kind)
			return nil
		}}
	h.rinaWrites()
	return h
}

func (h *house) tx(work func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	ctx := h.t.Context()
	if err := h.db.InTx(ctx, func(tx *store.Tx) error { return work(ctx, tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// rinaWrites opens the conversation and its case.
func (h *house) rinaWrites() {
	h.t.Helper()
	found := h.bed.Starts(casefile.Address{Channel: "telegram", ID: casefile.Hide("771001")})
	h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
		if h.rina, err = tx.LockLane(ctx, found.ID); err != nil {
			return err
		}
		h.kase = casefile.NewID(h.now)
		return tx.OpenCase(ctx, store.Case{ID: h.kase, Ref: "RN4K7Q", Lang: casefile.Indonesian, Team: store.MainTeam, OpenedAt: h.now}, h.rina)
	})
}

// joins adds a member of staff: "on" puts them on duty, "team=x", "speaks=en",
// "agency=x" and "role=x" change what they are, anything else is a channel.
func (h *house) joins(name string, words ...string) {
	h.t.Helper()
	s := store.Staff{ID: casefile.NewID(h.now), Login: name, Name: casefile.Hide(name), Role: "duty_officer", Team: store.MainTeam,
		Languages: []string{"id"}, Lang: casefile.Indonesian, CreatedAt: h.now}
	var channels []casefile.ChannelName
	on := false
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "on":
			on = true
		case "team":
			s.Team = value
		case "speaks":
			s.Languages = []string{value}
		case "role":
			s.Role = value
		case "agency":
			s.Agency = access.Agency(value)
		default:
			channels = append(channels, casefile.ChannelName(w))
		}
	}
	h.staff[name], h.names[s.ID] = s.ID, name
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddStaff(ctx, s); err != nil {
			return err
		}
		for _, c := range channels {
			if err := tx.SetStaffAddress(ctx, s.ID, casefile.Address{Channel: c, ID: casefile.Hide(name + string(c))}, h.now); err != nil {
				return err
			}
		}
		_, err := h.ladder.SetDuty(ctx, tx, s.ID, on, casefile.ByStaff(s.ID), h.now)
		return err
	})
}

// learns learns facts from Rina in one turn, and reports whether staff were
// alerted.
func (h *house) learns(words ...string) (raised bool) {
	h.t.Helper()
	before := Assess(h.facts, h.about)
	known := len(h.facts)
	for _, f := range facts(words...) {
		f.At = h.now
		h.facts = append(h.facts, f)
	}
	after := Assess(h.facts, h.about)
	h.about.Stands = after.Urgency
	h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
		raised, err = h.ladder.Raise(ctx, tx, h.change(before, after, known))
		return err
	})
	return raised
}

func (h *house) change(before, after Assessment, known int) Change {
	return Change{Case: h.kase, Conversation: h.rina.ID, Team: store.MainTeam, Lang: casefile.Indonesian,
		Before: before, After: after, Known: known, At: h.now}
}

// alerted says who was alerted since the last look, as "budi/telegram".
func (h *house) alerted(want ...string) {
	h.t.Helper()
	rows, err := h.sql.Query(h.t.Context(), `
		SELECT seq, staff_id, channel FROM outbox WHERE purpose = 'alert' AND seq > $1 AND priority = 0 AND body_sealed IS NULL ORDER BY seq`, h.seen)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	got := []string{}
	for rows.Next() {
		var id casefile.ID
		var channel string
		if err := rows.Scan(&h.seen, &id, &channel); err != nil {
			h.t.Fatal(err)
		}
		got = append(got, h.names[id]+"/"+channel)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.t.Fatalf("%v after noon: alerted %v, want %v", h.now.Sub(noon), got, want)
	}
}

// forward moves the clock, ticking every minute on the way.
func (h *house) forward(d time.Duration) {
	h.t.Helper()
	for end := h.now.Add(d); h.now.Before(end); {
		h.now = h.now.Add(min(time.Minute, end.Sub(h.now)))
		h.tick()
	}
}

// jump moves the clock at once, as after a pause of the whole program.
func (h *house) jump(d time.Duration) {
	h.t.Helper()
	h.now = h.now.Add(d)
	h.tick()
}

func (h *house) tick() {
	h.t.Helper()
	if _, err := h.ladder.Tick(h.t.Context(), h.now); err != nil {
		h.t.Fatal(err)
	}
	if err := h.ladder.TellAlarms(h.t.Context(), h.now); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) live() (store.Escalation, bool) {
	h.t.Helper()
	var x store.Escalation
	var ok bool
	h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
		x, err = tx.LiveEscalation(ctx, h.kase)
		ok = err == nil
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return x, ok
}

// codeOf is the code somebody was sent for what is being escalated now.
func (h *house) codeOf(name string) string {
	h.t.Helper()
	x, _ := h.live()
	code := ""
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		alerts, err := tx.Alerts(ctx, x.ID)
		for _, a := range alerts {
			if a.Staff == h.staff[name] {
				code = a.Code
			}
		}
		return err
	})
	return code
}

func (h *house) says(name, code string) Ack {
	h.t.Helper()
	var ack Ack
	h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
		ack, err = h.ladder.Acknowledge(ctx, tx, h.staff[name], code, h.now)
		return err
	})
	return ack
}

func (h *house) wants(got, want Outcome) {
	h.t.Helper()
	if got != want {
		h.t.Fatalf("%v after noon: %s, want %s", h.now.Sub(noon), got, want)
	}
}

// opensAndAnswers is what makes an acknowledgement good.
func (h *house) opensAndAnswers(name string) {
	h.t.Helper()
	if _, err := h.sql.Exec(h.t.Context(), `UPDATE cases SET first_viewed_at = coalesce(first_viewed_at, $2) WHERE id = $1`, h.kase, h.now); err != nil {
		h.t.Fatal(err)
	}
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		return tx.Queue(ctx, store.Letter{ID: casefile.NewID(h.now), Conversation: h.rina.ID, WrittenBy: h.staff[name], Channel: "telegram",
			Purpose: casefile.ForAnswer, Priority: store.InItsTurn, Body: casefile.Hide("halo"), QueuedAt: h.now}, h.rina.Key)
	})
}

func (h *house) nothingOnItsWay() {
	h.t.Helper()
	var waiting int
	if err := h.sql.QueryRow(h.t.Context(), `SELECT count(*) FROM outbox WHERE state = 'queued'`).Scan(&waiting); err != nil || waiting != 0 {
		h.t.Errorf("%d alerts are still on their way (%v)", waiting, err)
	}
}

func (h *house) audited(action string) (n int) {
	h.t.Helper()
	if err := h.sql.QueryRow(h.t.Context(), `SELECT count(*) FROM audit WHERE action = $1`, action).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// team is three on duty, one of them elsewhere, and a supervisor asleep.
func (h *house) team() {
	h.t.Helper()
	h.joins("budi", "on", "telegram", "sms")
	h.joins("sari", "on", "telegram", "speaks=en")
	h.joins("joko", "on", "sms", "team=north")
	h.joins("dewi", "role=supervisor", "telegram")
	h.joins("agus", "telegram")
	h.joins("tono", "on", "telegram", "role=auditor")
}
