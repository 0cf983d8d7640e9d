package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// sent gives an officer another team and agency.
func (o *officer) sent(team string, agency access.Agency) *officer {
	o.Helper()
	o.Tx(func(tx *store.Tx) error { return tx.PlaceStaff(o.Context(), o.id, team, agency, false) })
	return o
}

var named = heard(casefile.NamedAgency, "police", "polisi")

// plain is a page without what is different for every request: the reference, and
// nothing else.
func plain(a *answer, ref string) string { return strings.ReplaceAll(a.body, ref, "REF") }

// TestAPageThatIsKeptFromSomebodyIsTheOneForNothing compares, byte by byte, every route
// about a case that names their agency with the same route about one that does not
// exist.
func TestAPageThatIsKeptFromSomebodyIsTheOneForNothing(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "polisi yang jaga", locked, named)
	for _, role := range []access.Role{access.DutyOfficer, access.Supervisor, access.CaseWorker, access.Auditor, access.Administrator} {
		agus := h.hires("agus."+strings.ReplaceAll(string(role), "_", "."), role, "en").sent("main", access.Police)
		code := h.codeOf(agus.id, "AAA111")
		agus.signsIn()
		for _, r := range routes {
			if !strings.Contains(r.pattern, "{ref}") {
				continue
			}
			there, nothing := agus.request(r, "AAA111", "x", code), agus.request(r, "ZZZ999", "x", code)
			if there.status != nothing.status || there.status < 400 || plain(there, "AAA111") != plain(nothing, "ZZZ999") {
				t.Errorf("%s as %s: %d for a case kept from them, %d for none; the same page: %v", r.pattern, role,
					there.status, nothing.status, plain(there, "AAA111") == plain(nothing, "ZZZ999"))
			}
			there.hides("polisi yang jaga", "police")
		}
		for _, path := range []string{"/a/" + code, "/a/ZZZZ"} {
			if got, want := agus.gets(path), agus.gets("/a/XXXX"); got.status != want.status || got.body != want.body || got.status < 400 {
				t.Errorf("%s as %s: %d", path, role, got.status)
			}
		}
	}
}

// TestNothingOfItShowsInTheirQueue, and their open page is not told that anything
// happened.
func TestNothingOfItShowsInTheirQueue(t *testing.T) {
	h := newHouse(t)
	agus := h.hires("agus", access.Supervisor, "en").sent("main", access.Police).signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	empty, ours := agus.gets("/").is(http.StatusOK), siti.gets("/")
	rina := h.writes("AAA111", "sms", "polisi yang jaga", locked, named)
	h.Tx(func(tx *store.Tx) error {
		return tx.RaiseAlarm(t.Context(), store.AlarmSetAside, casefile.ID{}, rina.Lane, h.Now())
	})
	if after := agus.gets("/"); after.body != empty.body {
		t.Errorf("their queue changed:\n%s", text(after.body))
	}
	siti.gets("/").shows("AAA111", "1 High")
	for who, want := range map[*officer]string{agus: "ready", siti: "ready changed"} {
		page := map[*officer]*answer{agus: empty, siti: ours}[who]
		_, path, _ := strings.Cut(page.body, `data-events="`)
		path, _, _ = strings.Cut(path, `"`)
		if got := who.firstEvents(path, strings.Count(want, " ")+1); got != want {
			t.Errorf("%s hears %q, want %q", who.login, got, want)
		}
	}
	old, _, _ := strings.Cut(marked(empty), " ")
	if now := marked(agus.gets("/")); now != old {
		t.Error("the mark of their page changed")
	}
	agus.gets("/audit").is(http.StatusOK).hides("AAA111", "case opened")
}

var markIn = regexp.MustCompile(`mark=([0-9a-f]+)`)

func marked(a *answer) string { return markIn.FindString(a.body) }

func TestAReasonOpensWhatIsShut(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tlg sy dskp", country)
	dewi := h.hires("dewi", access.CaseWorker, "en").sent("batam", access.Own).signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	dewi.gets("/").is(http.StatusOK).hides("AAA111")
	dewi.gets("/cases/AAA111").is(http.StatusNotFound).shows("This case is not open to you", "supervisors are told at once").hides("dskp", "Myanmar")
	dewi.posts("/cases/AAA111/glass", url.Values{"reason": {" "}}).is(http.StatusUnprocessableEntity).shows("Write the reason first")
	dewi.posts("/cases/AAA111/note", url.Values{"note": {"ibunya menelepon"}}).is(http.StatusNotFound).shows("ibunya menelepon") // nothing typed is lost
	dewi.posts("/cases/AAA111/glass", url.Values{"reason": {"ibunya menelepon saya"}}).is(http.StatusSeeOther)
	dewi.gets("/cases/AAA111").is(http.StatusOK).shows("tlg sy dskp", "ibunya menelepon saya", "opened this case with a reason").hides("Somebody opened a case")
	siti.gets("/").shows("Somebody opened a case that is not theirs", "AAA111")
	h.Forward(access.GlassHolds)
	dewi.signsIn().gets("/cases/AAA111").is(http.StatusNotFound)
	dewi.posts("/cases/ZZZ999/glass", url.Values{"reason": {"coba"}}).is(http.StatusNotFound).shows("Nothing was opened", "coba")
}

func TestSomebodyIsKeptOutAndLetInAgain(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked, named)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	page := siti.gets("/cases/AAA111").is(http.StatusOK)
	page.shows("Who must not see this", "named in the report: they cannot see it", "Police", "Agency named police")
	budi.gets("/cases/AAA111").hides("Let somebody in again") // supervisors do that
	siti.posts("/cases/AAA111/exclude", url.Values{"whom": {"budi"}, "reason": {""}}).is(http.StatusUnprocessableEntity).shows("Write the reason")
	to := siti.posts("/cases/AAA111/exclude", url.Values{"whom": {"budi"}, "reason": {"sepupunya"}}).is(http.StatusSeeOther).header.Get("Location")
	siti.gets(to).shows("They do not see this case any more", "sepupunya")
	budi.gets("/cases/AAA111").is(http.StatusNotFound).hides("sepupunya")
	budi.gets("/").hides("AAA111")
	siti.gets("/audit?action=wall").is(http.StatusOK).shows("wall.excluded · budi").hides("staff:")
	siti.posts("/cases/AAA111/lift", url.Values{"whom": {"nobody"}, "reason": {"x"}}).is(http.StatusUnprocessableEntity).shows("Choose another colleague")
	siti.posts("/cases/AAA111/lift", url.Values{"whom": {"budi"}, "reason": {"bukan"}}).is(http.StatusSeeOther)
	budi.gets("/cases/AAA111").is(http.StatusOK)
}

func TestASharedPlaceIsShownWhenPressed(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "nama saya Rina, telp 0812 3456 7890", locked)
	for i, m := range []store.Message{
		{Kind: casefile.KindLocation, Media: casefile.Hide(`{"type":"venue","name":"Gudang 3","lat":16.7167,"lon":98.5667}`)},
		{Kind: casefile.KindContact, Media: casefile.Hide(`{"type":"contact","name":"Ibu Sri","phone":"+62877"}`)},
		{Kind: casefile.KindPhoto, Media: casefile.Hide(`{"type":"photo","file_id":"AgACfile"}`)},
	} {
		m.ID, m.Channel, m.ProviderID, m.State = casefile.NewID(h.Now()), "telegram", string(rune('a'+i)), store.Recorded
		m.Conversation, m.ReceivedAt = rina.Lane, h.Now().Add(time.Second)
		rina.Stores(m)
	}
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.gets("/cases/AAA111").is(http.StatusOK).shows("nama saya •••••••").hides("Rina", "3456", "Gudang", "16.7", "Sri", "AgACfile", rina.number)
	budi.posts("/cases/AAA111/reveal", nil).is(http.StatusOK).hides("AgACfile").
		shows("nama saya Rina, telp 0812 3456 7890", "Gudang 3 · 16.716700, 98.566700", "Ibu Sri · +62877", rina.number, "recorded that you saw it")
	budi.gets("/cases/AAA111").hides("Rina", "3456", "Gudang", rina.number)
}
