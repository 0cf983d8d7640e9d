package console

import (
	"net/http"
	"regexp"
	"testing"

	"pulang/internal/access"
)

var spellingWay = regexp.MustCompile(`/places/[0-9a-f-]{36}/withdraw`)

// deedsOnPlaces are what one does to the spellings of places.
func (h *house) deedsOnPlaces(boss *officer) []deed {
	return []deed{
		{"GET /places", func() *answer { return boss.gets("/places") }, 200, ""},
		{"POST /places", func() *answer { return boss.posts("/places", formOf("spelling", "qwelu", "place", "Myawaddy")) }, 303, "place.alias_added"},
		{"POST /places/{id}/withdraw", func() *answer { return boss.posts(spellingWay.FindString(boss.gets("/places").body), nil) }, 303,
			"place.alias_withdrawn"},
	}
}

func TestThePageOfPlacesSaysWhoAddedAndWhoTookAway(t *testing.T) {
	h := newHouse(t)
	adi := h.hires("adi", access.Administrator, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "id").signsIn()
	adi.gets("/places").is(http.StatusOK).shows("Nothing was added")
	adi.posts("/places", formOf("spelling", "Qwelu", "place", "Myawaddy")).is(http.StatusSeeOther)
	adi.gets("/places?done=added").shows("Added. It is heard within a minute", "qwelu → Myawaddy", "Added by Adi")
	page := siti.gets("/places").shows("qwelu → Myawaddy", "Ditambahkan oleh Adi")
	way := spellingWay.FindString(page.body)
	siti.posts(way, nil).is(http.StatusSeeOther)
	siti.posts(way, nil).is(http.StatusConflict).shows("Rekan sudah menariknya")
	adi.gets("/places").shows("Nothing was added", "Taken away by Siti")
}

func TestASpellingThatIsRefusedComesBackAsTyped(t *testing.T) {
	h := newHouse(t)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	for spelling, says := range map[string]string{
		"xwa": "Too short", "Myawadi": "heard as Myawaddy already", "Bangkok": "heard as Bangkok, which is another place",
		"siang": "an everyday word", "disekap": "goes by", "a b c d e f xwabo": "Too long",
	} {
		page := siti.posts("/places", formOf("spelling", spelling, "place", "Myawaddy")).is(http.StatusUnprocessableEntity).shows(says, "Go to the field")
		if page.field("spelling") != spelling {
			t.Errorf("%q came back as %q", spelling, page.field("spelling"))
		}
		page.shows("Nothing was added")
	}
	siti.posts("/places", formOf("spelling", "xwabo", "place", "Atlantis")).is(http.StatusUnprocessableEntity).shows("Choose a place from the list")
	siti.posts("/places/none/withdraw", nil).is(http.StatusBadRequest)
}
