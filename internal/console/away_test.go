package console

import (
	"net/http"
	"testing"

	"pulang/internal/access"
)

// TestAConsoleWhoseDatabaseIsAwaySaysSoAndLosesNothing: every page says what is wrong and
// what to do, tells nothing of any case, and gives back what was typed. Nobody knows in
// which language: who reads it stands in the database.
func TestAConsoleWhoseDatabaseIsAwaySaysSoAndLosesNothing(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong kami", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.gets("/cases/AAA111").is(http.StatusOK)
	h.Store.Close() // every connection is gone, as in an outage
	for _, path := range []string{"/", "/cases/AAA111", "/cases/NONE11", "/me"} {
		page := budi.gets(path, "Accept-Language", "en").is(http.StatusServiceUnavailable)
		page.shows("The database does not answer", "Try again in a moment").hides("tolong kami", "AAA111")
	}
	for path, field := range map[string]string{"reply": "text", "note": "text", "close": "reason"} {
		budi.posts("/cases/AAA111/"+path, formOf(field, "kami membaca <semua> pesanmu"), "Accept-Language", "id").is(http.StatusServiceUnavailable).
			shows("Basis data tidak menjawab", "kami membaca <semua> pesanmu").hides("tolong kami")
	}
}

// TestWhatWasTypedIntoACaseThatIsGoneComesBack: also when the page that answers is not the
// one it was typed on.
func TestWhatWasTypedIntoACaseThatIsGoneComesBack(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.posts("/cases/NONE11/reply", formOf("text", "kami membaca semua pesanmu")).is(http.StatusNotFound).shows("kami membaca semua pesanmu")
}
