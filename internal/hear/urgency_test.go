package hear_test

import (
	"encoding/csv"
	"os"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/hear"
)

// TestEveryDangerHeardIsAtLeastHigh: what is heard as danger must alert, so its
// meanings must be ones the rules of escalation know, whoever writes.
func TestEveryDangerHeardIsAtLeastHigh(t *testing.T) {
	t.Parallel()
	e, err := hear.New()
	if err != nil {
		t.Fatal(err)
	}
	heard := 0
	for _, name := range []string{"sample.csv", "dev.csv", "dev2.csv", "test.csv"} {
		f, err := os.Open("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			r := e.Read(casefile.ID{1}, casefile.KindText, casefile.Hide(row[0]), casefile.Hearing{Now: time.Unix(1772700000, 0)})
			if !r.HasDanger() {
				continue
			}
			heard++
			var facts casefile.Facts
			for _, d := range r.Dangers {
				facts = append(facts, d.Facts...)
			}
			if a := escalation.Assess(facts, escalation.About{Reporter: r.Reporter}); a.Urgency < casefile.High {
				t.Errorf("%q is danger, but only %s", row[0], a.Urgency)
			}
		}
	}
	if heard < 300 {
		t.Errorf("only %d dangers heard: the test looks at too little", heard)
	}
}
