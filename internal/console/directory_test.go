package console

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

// deedsOnFigures are those of the directory and the overview.
func (h *house) deedsOnFigures(boss *officer) []deed {
	get := func(path string) func() *answer { return func() *answer { return boss.gets(path) } }
	const office = "/directory/kbri-bangkok"
	post := func(path string, form func() url.Values) func() *answer {
		return func() *answer { return boss.posts(path, form()) }
	}
	decided := func(version, reason string) func() url.Values {
		return func() url.Values { return formOf("version", version, "reason", reason) }
	}
	return []deed{
		{"GET /overview", get("/overview"), 200, ""},
		{"GET /overview/print", get("/overview/print"), 200, "overview.exported"},
		{"GET /overview/export", get("/overview/export"), 200, "overview.exported"},
		{"GET /directory", get("/directory"), 200, ""},
		{"GET /new-institution", get("/new-institution"), 200, ""},
		{"GET /directory/{id}", get(office), 200, ""},
		{"POST /directory", post("/directory", func() url.Values { return entryTyped() }), 303, "directory.proposed"},
		{"POST /directory/{id}/confirm", post(office+"/confirm", func() url.Values { return formOf("version", "0", "day", "2026-02-28", "how", "diangkat") }), 303, "directory.confirmed"},
		{"POST /directory/{id}", post(office, func() url.Values { return entryTyped("version", "1") }), 303, "directory.proposed"},
		{"POST /directory/{id}/refuse", post(office+"/refuse", decided("2", "keliru")), 303, "directory.refused"},
		{"POST /directory/{id}/withdraw", post(office+"/withdraw", decided("3", "tutup")), 303, "directory.withdrawn"},
	}
}

// entryTyped is the form of an entry; pairs change it.
func entryTyped(pairs ...string) url.Values {
	form := formOf("name_id", "Kedutaan di Bangkok", "name_en", "Embassy in Bangkok", "agency", "mission", "country", "th", "serves", "th, mm",
		"number_1", "+66 96 192 3237", "kind_1", "phone", "desk_1", "", "number_2", "", "kind_2", "phone", "desk_2", "",
		"hours", "", "source", "situs kedutaan", "checked_on", "2026-02-20")
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestTheDirectorySaysWhatMayBeTold(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	page := budi.gets("/directory").is(http.StatusOK)
	page.shows("Foreign Ministry of Indonesia, protection of citizens ✓ In use confirmed", "last checked 2024-08-06 · too long ago",
		"The central number was last checked long ago", "Embassy of Indonesia in Bangkok Not in use from print, nobody has called",
		"Thailand +62 812-9007-0027 Foreign Ministry")
	siti.posts("/directory/kbri-bangkok/confirm", formOf("version", "0", "day", "2026-02-28", "how", "Petugas jaga menjawab")).is(http.StatusSeeOther)
	budi.gets("/directory").shows("Embassy of Indonesia in Bangkok ✓ In use confirmed", "Thailand +66 92 903 1103 Embassy of Indonesia in Bangkok",
		"Elsewhere, or not known +62 812-9007-0027")
	one := budi.gets("/directory/kbri-bangkok?done=confirmed").is(http.StatusOK).shows("Confirmed.", "Petugas jaga menjawab", "called and confirmed · Siti", "With the program")
	one.hides("/directory/kbri-bangkok/confirm", "/directory/kbri-bangkok/withdraw")
	budi.gets("/directory/nowhere").is(http.StatusNotFound)
	ani := h.hires("ani", access.Auditor, "id").signsIn()
	ani.gets("/directory/kbri-bangkok").is(http.StatusOK).shows("Kedutaan Besar Republik Indonesia di Bangkok").hides("Usulkan")
}

func TestAnEntryThatIsRefusedComesBackAsItWasTyped(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.posts("/directory", entryTyped("number_1", "+65 9123 4567", "source", "koran pagi")).is(http.StatusUnprocessableEntity)
	page.shows("First number, with country code: this number rings in another country")
	if html.UnescapeString(page.field("number_1")) != "+65 9123 4567" || page.field("source") != "koran pagi" || page.field("serves") != "TH, MM" {
		t.Error("what was typed is lost")
	}
	if !strings.Contains(page.body, `id="number_1" name="number_1" value="&#43;65 9123 4567" autocomplete="off" maxlength="400" aria-invalid="true" aria-describedby="problem"`) {
		t.Error("the field to mend is not marked")
	}
	budi.posts("/directory/kbri-bangkok", entryTyped("version", "0")).is(http.StatusSeeOther)
	budi.gets("/directory").shows("+66 92 903 1103").hides("+66 96 192 3237") // nobody confirmed it
	late := budi.posts("/directory/kbri-bangkok", entryTyped("version", "0", "source", "dari teman")).is(http.StatusConflict)
	late.shows("Somebody else changed this entry meanwhile")
	if late.field("source") != "dari teman" {
		t.Error("what came second is lost")
	}
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	again := siti.posts("/directory/kbri-bangkok/confirm", formOf("version", "1", "day", "2027-01-01", "how", "katanya benar")).is(http.StatusUnprocessableEntity)
	again.shows("Give the day of the call", "katanya benar", "Proposed, not told to anybody yet")
	siti.posts("/directory/kbri-bangkok/confirm", formOf("version", "x")).is(http.StatusBadRequest)
	siti.posts("/directory/kbri-bangkok/confirm", formOf("version", "1", "day", "2026-03-01", "how", "diangkat")).is(http.StatusSeeOther)
	siti.gets("/directory/kemlu").shows("This is the central entry").hides("/directory/kemlu/withdraw")
}

// TestAnInstitutionStandsUnderTheNameOfItsCountry: by their two letters AE and ID are
// neighbours, and Dubai looked as if it were in Indonesia.
func TestAnInstitutionStandsUnderTheNameOfItsCountry(t *testing.T) {
	h := newHouse(t)
	for lang, want := range map[casefile.Lang][]string{
		"en": {"For everybody, wherever they are", "Cambodia", "Indonesia", "Laos", "Malaysia", "Myanmar", "Philippines", "Thailand", "United Arab Emirates", "Vietnam"},
		"id": {"Untuk siapa saja, di mana pun", "Filipina", "Indonesia", "Kamboja", "Laos", "Malaysia", "Myanmar", "Thailand", "Uni Emirat Arab", "Vietnam"},
	} {
		page := h.hires("budi."+string(lang), access.DutyOfficer, lang).signsIn().gets("/directory").is(http.StatusOK)
		var found []string
		for _, part := range strings.Split(page.body, `<h2 class="where">`)[1:] {
			name, rows, _ := strings.Cut(part, "</h2>")
			found = append(found, name)
			if in := strings.Contains(rows, "/directory/kjri-dubai"); in != (name == "United Arab Emirates" || name == "Uni Emirat Arab") {
				t.Errorf("Dubai under %s: %v", name, in)
			}
		}
		if !slices.Equal(found, want) {
			t.Errorf("%s: %q, want %q", lang, found, want)
		}
	}
}
