package cases

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack/testbed"
	"pulang/internal/store"
)

// days are the bounds of the last n days of a test.
func (h *house) days(n int) []time.Time { return lastDays(h.Now(), n) }

func lastDays(now time.Time, n int) []time.Time {
	var bounds []time.Time
	for i := range n + 1 {
		bounds = append(bounds, now.Truncate(24*time.Hour).AddDate(0, 0, i-n+1))
	}
	return bounds
}

func (h *house) overview(who access.Staff) Overview {
	h.Helper()
	o, err := h.Overview(h.Context(), who, h.days(7))
	if err != nil {
		h.Fatal(err)
	}
	return o
}

func sharesAre(shares []Share) string {
	var out []string
	for _, s := range shares {
		if s.N > 0 {
			out = append(out, fmt.Sprintf("%s %d", s.Key, s.N))
		}
	}
	return strings.Join(out, ", ")
}

func TestTheOverviewCountsWhatIsThere(t *testing.T) {
	h := newHouse(t)
	locked, myanmar := fact(casefile.Freedom, "locked"), fact(casefile.Country, "MM")
	h.writes("AAA111", "sms", locked, myanmar)
	h.Forward(24 * time.Hour)
	siti := h.writes("BBB222", "telegram", locked, myanmar)
	h.writes("CCC333", "sms", locked)
	h.Forward(10 * time.Minute)
	siti.open()
	if _, err := h.Acknowledge(t.Context(), h.budi, siti.Ref); err != nil {
		t.Fatal(err)
	}
	o := h.overview(h.siti)
	if got := sharesAre(o.ByUrgency) + "; " + sharesAre(o.ByCountry) + "; " + sharesAre(o.ByFlow) + "; " + sharesAre(o.ByDay); o.Total != 3 ||
		got != "high 3; MM 2,  1; victim 3; 5 1, 6 2" {
		t.Errorf("%d cases: %s", o.Total, got)
	}
	want := []store.Waited{{Urgency: casefile.High, N: 1, Half: 10 * time.Minute, Most: 10 * time.Minute}}
	if !slices.Equal(o.Looks, want) || !slices.Equal(o.Answers, want) {
		t.Errorf("looked at within %v, alerts answered within %v, want %v", o.Looks, o.Answers, want)
	}
	high := o.Open[1]
	if high.Urgency != casefile.High || high.N != 3 || high.Nobody != 2 || high.Unopened != 2 || high.Climbing != 2 ||
		!high.Oldest.Equal(testbed.Morning) || !high.Alert.Equal(testbed.Morning) || o.Open[0].N != 0 {
		t.Errorf("open now: %+v", o.Open)
	}
}

func TestTheOverviewIsForThoseWhoLeadAndKnowsOfNothingKeptFromThem(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", fact(casefile.Freedom, "locked"), fact(casefile.NamedAgency, "police"))
	h.writes("BBB222", "sms", fact(casefile.Freedom, "locked"))
	if _, err := h.Overview(t.Context(), h.budi, h.days(7)); !errors.Is(err, access.ErrDenied) {
		t.Errorf("a duty officer: %v", err)
	}
	if _, err := h.Leaving(t.Context(), h.budi, h.days(7), "x"); !errors.Is(err, access.ErrDenied) {
		t.Errorf("a duty officer takes figures out: %v", err)
	}
	sent := h.Member("sent", access.Supervisor, func(s *store.Staff) { s.Agency = access.Police })
	all, less := h.overview(h.siti), h.overview(sent)
	if all.Total != 2 || less.Total != 1 || all.Open[1].N != 2 || less.Open[1].N != 1 || less.Open[1].Climbing != 1 {
		t.Errorf("ours counts %d, somebody of the agency it names %d: %+v", all.Total, less.Total, less.Open)
	}
}

func TestChannelsSayWhatWaitsAndWhatFailed(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", fact(casefile.Freedom, "locked"))
	rina.Receives("belum dibaca")
	h.Forward(3 * time.Minute)
	rina.take(h.budi)
	o := h.overview(h.siti)
	if len(o.Channels) != 1 {
		t.Fatalf("channels: %+v", o.Channels)
	}
	c := o.Channels[0]
	if c.Channel != "sms" || c.Waiting != 1 || !c.Oldest.Equal(testbed.Morning) || c.Unsent == 0 || !c.Letter.Equal(h.Now()) || c.Failed != 0 || c.Heard != 2 {
		t.Errorf("sms: %+v", c)
	}
	conn := h.SQL()
	if _, err := conn.Exec(t.Context(), `UPDATE outbox SET state = 'failed', settled_at = $1 WHERE state = 'queued'`, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.Forward(23 * time.Hour)
	if c := h.overview(h.siti).Channels[0]; c.Failed == 0 || c.Unsent != 0 || c.Heard != 0 {
		t.Errorf("a day later sms: %+v", c)
	}
	h.Forward(2 * time.Hour)
	if c := h.overview(h.siti).Channels[0]; c.Failed != 0 {
		t.Errorf("what failed two days ago is still shown: %+v", c)
	}
}

func TestCoverageGoesBackFromWhoIsOnDuty(t *testing.T) {
	h := newHouse(t)
	duty := func(who access.Staff, on bool) {
		h.Tx(func(tx *store.Tx) error {
			_, err := h.Escalation.SetDuty(t.Context(), tx, who.ID, on, who.Actor(), h.Now())
			return err
		})
	}
	ani := h.Member("ani", access.Auditor)
	duty(ani, true) // answers nobody
	h.Forward(90 * time.Minute)
	duty(h.budi, true)
	h.Forward(2 * time.Hour)
	duty(h.siti, true)
	h.Forward(time.Hour)
	duty(h.budi, false)
	o := h.overview(h.siti)
	if len(o.OnDuty) != 1 || !o.OnDuty[0].Name.Is("siti") {
		t.Errorf("on duty: %+v", o.OnDuty)
	}
	var least []int
	for _, w := range o.Coverage[len(o.Coverage)-6:] {
		least = append(least, w.Least)
	}
	// On from 04:30, two from 06:30, one again from 07:30: and the hour of 04 had nobody at first.
	if !slices.Equal(least, []int{0, 0, 0, 1, 1, 1}) {
		t.Errorf("from 02:00 on the least was %v", least)
	}
}

func TestWhatLeavesTheTeamHidesTheFew(t *testing.T) {
	h := newHouse(t)
	write := func(n int, ref, country string) {
		for i := range n {
			h.writes(fmt.Sprintf("%s%03d", ref, i), "sms", fact(casefile.Freedom, "locked"), fact(casefile.Country, country))
		}
	}
	write(6, "MMM", "MM")
	write(1, "KHH", "KH")
	f, err := h.Leaving(t.Context(), h.siti, h.days(7), "2026-03")
	if err != nil {
		t.Fatal(err)
	}
	if f.Withheld || f.Total != 7 {
		t.Fatalf("%+v", f)
	}
	for _, s := range f.ByCountry {
		if !s.Hidden {
			t.Errorf("%s is shown as %d: with the total it tells of the other", s.Key, s.N)
		}
	}
	var records []store.Record
	h.Tx(func(tx *store.Tx) (err error) {
		records, err = tx.AuditRecords(t.Context(), store.AuditFilter{Actor: h.siti.ID, Limit: 1})
		return err
	})
	if records[0].Action != "overview.exported" || !records[0].Detail.Is("2026-03") {
		t.Errorf("the audit says %+v", records[0])
	}
	if f, err := h.Leaving(t.Context(), h.siti, []time.Time{h.Now().Add(time.Hour), h.Now().Add(2 * time.Hour)}, "x"); err != nil || !f.Withheld || len(f.ByDay) > 0 {
		t.Errorf("of nothing there is %+v, %v", f, err)
	}
}

// TestNobodyWorksOutWhatIsHidden tries every small table: whoever knows the total, what
// is shown and the rule must be left with more than one possibility for each line that
// is below Fewest.
func TestNobodyWorksOutWhatIsHidden(t *testing.T) {
	t.Parallel()
	const lines, most = 4, 10
	type shown [lines]int // -1: hidden
	type seen struct {
		shown shown
		total int
	}
	could := map[seen][][lines]int{}
	var table [lines]int
	var each func(int)
	each = func(i int) {
		if i < lines {
			for n := range most + 1 {
				table[i] = n
				each(i + 1)
			}
			return
		}
		var shares []Share
		sum := 0
		for _, n := range table {
			shares, sum = append(shares, Share{N: n}), sum+n
		}
		hidden, fine := Suppress(shares)
		if !fine || sum < Fewest {
			return
		}
		s := seen{total: sum}
		for i, h := range hidden {
			s.shown[i] = h.N
			if h.Hidden {
				s.shown[i] = -1
			}
			if !h.Hidden && h.N < Fewest {
				t.Errorf("%v shows %d", table, h.N)
			}
		}
		could[s] = append(could[s], table)
	}
	each(0)
	for s, tables := range could {
		left := s.total // what the hidden lines come to
		for _, n := range s.shown {
			left -= max(n, 0)
		}
		if left > most { // lines beyond most were not tried
			continue
		}
		for i := range lines {
			values := map[int]bool{}
			for _, t := range tables {
				values[t[i]] = true
			}
			for v := range values {
				if s.shown[i] == -1 && len(values) == 1 && v > 0 && v < Fewest {
					t.Errorf("total %d, shown %v: line %d can only be %d", s.total, s.shown, i, v)
				}
			}
		}
	}
}
