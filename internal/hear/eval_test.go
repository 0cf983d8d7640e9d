package hear

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
)

// labelled is one message of a corpus: text, lang, reporter, danger, place.
type labelled struct {
	text, lang, reporter string
	danger               bool
	place                string
}

func corpus(t testing.TB, name string) []labelled {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var out []labelled
	for _, r := range rows[1:] {
		out = append(out, labelled{r[0], r[1], r[2], r[3] == "1", r[4]})
	}
	return out
}

// score is how well a corpus was heard.
type score struct {
	messages                           int
	hit, missed, falseAlarm            int // dangers
	lang, reporter, placed, placeRight int
	invented                           int // a place where none is labelled
	misses                             []string
}

func (s score) recall() float64    { return ratio(s.hit, s.hit+s.missed) }
func (s score) precision() float64 { return ratio(s.hit, s.hit+s.falseAlarm) }

// plus adds what another corpus gave.
func (s score) plus(o score) score {
	s.messages, s.hit, s.missed, s.falseAlarm = s.messages+o.messages, s.hit+o.hit, s.missed+o.missed, s.falseAlarm+o.falseAlarm
	s.lang, s.reporter, s.placed, s.placeRight, s.invented = s.lang+o.lang, s.reporter+o.reporter, s.placed+o.placed, s.placeRight+o.placeRight, s.invented+o.invented
	return s
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

func (s score) String() string {
	return fmt.Sprintf("%d messages: danger recall %.3f precision %.3f, language %.3f, reporter %.3f, place %.3f of %d (%d invented)",
		s.messages, s.recall(), s.precision(), ratio(s.lang, s.messages), ratio(s.reporter, s.messages), ratio(s.placeRight, s.placed), s.placed, s.invented)
}

// evaluate hears a corpus and lists every miss.
func evaluate(e *Ear, all []labelled) score {
	s := score{messages: len(all)}
	miss := func(what, want, got string, l labelled, h Heard) {
		s.misses = append(s.misses, fmt.Sprintf("%-8s want %-12s got %-12s %s   %q", what, want, got, l.text, h.Reasons))
	}
	for _, l := range all {
		h := e.Line(l.text)
		switch {
		case l.danger && h.Danger:
			s.hit++
		case l.danger:
			s.missed++
			miss("DANGER", "danger", "none", l, h)
		case h.Danger:
			s.falseAlarm++
			miss("ALARM", "none", "danger", l, h)
		}
		if h.Lang == l.lang || l.lang == "mixed" && (h.Lang == "id" || h.Lang == "en") || h.Lang == "mixed" && l.lang == "mixed" {
			s.lang++
		} else {
			miss("lang", l.lang, h.Lang, l, h)
		}
		if h.Reporter == l.reporter {
			s.reporter++
		} else {
			miss("reporter", l.reporter, h.Reporter, l, h)
		}
		place := ""
		if h.Place != nil {
			place = h.Place.Name
		}
		switch {
		case l.place != "":
			s.placed++
			if place == l.place {
				s.placeRight++
			} else {
				miss("place", l.place, place, l, h)
			}
		case place != "":
			s.invented++
			miss("place", "-", place, l, h)
		}
	}
	return s
}

// heldOut are the corpora that neither rules nor model were made by. Their misses
// have not been read, for who tunes by them has no held-out corpus any more.
var heldOut = []string{"test.csv", "unseen_c.csv", "unseen_d.csv", "unseen_e.csv", "unseen_f.csv"}

// TestEval prints how well each corpus is heard, and every miss:
//
//	go test ./internal/hear -run Eval -v
//
// The misses of the held-out corpora are printed only with HEAR_EVAL=all.
func TestEval(t *testing.T) {
	e := ear(t)
	for _, name := range taughtBy {
		s := evaluate(e, corpus(t, name))
		t.Log("misses:\n" + strings.Join(s.misses, "\n"))
		t.Logf("%s: %s", name, s)
	}
	var all score
	for _, name := range heldOut {
		s := evaluate(e, corpus(t, name))
		if os.Getenv("HEAR_EVAL") == "all" {
			t.Log("misses:\n" + strings.Join(s.misses, "\n"))
		}
		t.Logf("held out: %s: %s", name, s)
		all = all.plus(s)
	}
	t.Logf("held out, together: %s", all)
	if *across {
		crossValidate(t)
	}
}

// bar is what must be reached at least.
type bar struct{ recall, precision, lang, reporter, place float64 }

// TestTheBarIsReached on all messages that neither rules nor model were made by, and
// on the sample.
func TestTheBarIsReached(t *testing.T) {
	t.Parallel()
	e := ear(t)
	var held score
	for _, name := range heldOut {
		held = held.plus(evaluate(e, corpus(t, name)))
	}
	at := bar{0.95, 0.85, 0.95, 0.80, 0.90}
	for name, s := range map[string]score{"held out": held, "sample.csv": evaluate(e, corpus(t, "sample.csv"))} {
		for what, reached := range map[string][2]float64{
			"danger recall": {s.recall(), at.recall}, "danger precision": {s.precision(), at.precision}, "language": {ratio(s.lang, s.messages), at.lang},
			"reporter": {ratio(s.reporter, s.messages), at.reporter}, "place": {ratio(s.placeRight, s.placed), at.place},
		} {
			if reached[0] < reached[1] {
				t.Errorf("%s: %s is %.3f, the bar is %.2f (go test -run Eval -v shows the misses)", name, what, reached[0], reached[1])
			}
		}
	}
}
