package console

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

func TestTheOverviewIsExactAndWhatLeavesTheTeamIsNot(t *testing.T) {
	h := newHouse(t)
	for i := range 6 {
		h.writes(fmt.Sprintf("MMM%03d", i)+strings.Repeat("X", i), "sms", "tolong kami", locked, country)
	}
	h.writes("KHHHHHHHHHHHHH", "sms", "tolong saya", locked, answered(casefile.Country, "KH"))
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	page := siti.gets("/overview").is(http.StatusOK)
	page.shows("7 cases that needed staff began in 30 days", "Myanmar 6", "Cambodia 1", "High 7", "Siti main", "SMS")
	page.hides("tolong kami")
	if strings.Contains(page.body, "style=") || strings.Count(page.body, `<rect x="`) < 30 {
		t.Error("the drawing is missing, or styled by hand")
	}
	siti.gets("/overview?days=12").is(http.StatusBadRequest)
	siti.gets("/overview/print?month=2026-03").is(http.StatusBadRequest) // it is not over
	siti.gets("/overview/print").is(http.StatusOK).shows("Figures of 2026-02", "Too few cases in this month")
	h.Forward(31 * 24 * time.Hour)
	siti.signsIn()
	print := siti.gets("/overview/print?month=2026-03").is(http.StatusOK)
	print.shows("Cases that needed staff: 7", "Cambodia hidden", "Myanmar hidden", "Counts below 5 are not shown")
	file := siti.gets("/overview/export?month=2026-03").is(http.StatusOK)
	if got := file.header.Get("Content-Disposition"); got != `attachment; filename="pulang-2026-03.csv"` {
		t.Errorf("the file is named %q", got)
	}
	reader := csv.NewReader(strings.NewReader(file.body))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, row := range rows {
		said = append(said, strings.Join(row, "|"))
	}
	text := strings.Join(said, "\n")
	for _, want := range []string{"Pulang|2026-03", "Cases that needed staff|7", "By country|Myanmar|hidden", "By country|Cambodia|hidden", "Cases by day|2026-03-02|hidden"} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
}

func TestNoCellBecomesAFormula(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{"=1+1": "'=1+1", "+62": "'+62", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "Myanmar": "Myanmar", "7": "7", "": ""} {
		if got := defused(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestGapsOfDutyAreSaidInWords(t *testing.T) {
	h := newHouse(t)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	siti.gets("/overview").shows("Somebody was on duty in every hour of the last seven days")
	h.Tx(func(tx *store.Tx) error {
		_, err := h.desk.Escalation.SetDuty(t.Context(), tx, siti.id, false, casefile.System("test"), h.Now())
		return err
	})
	h.Forward(150 * time.Minute)
	siti.signsIn().gets("/overview").shows("Nobody is on duty", "Nobody was on duty: 1 Mar 03:00 – 1 Mar 06:00")
}
