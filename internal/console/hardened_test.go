package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pulang/internal/access"
)

func TestAPageThatPanicsSaysSoAndTellsNothing(t *testing.T) {
	var options Options
	h := newHouse(t, func(o *Options) { options = *o })
	const canary = "canary-0812345678"
	c := &console{Options: options, pages: pagesByName()}
	w := httptest.NewRecorder()
	c.hardened(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) })).
		ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/cases/AAA111", nil))
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "</html>") || w.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("a page that panics is answered %d: %s", w.Code, w.Body)
	}
	if said := h.log.String(); !strings.Contains(said, "a request panicked") || strings.Contains(said+w.Body.String(), "canary") {
		t.Errorf("the log or the page tells what was being read: %s", said)
	}
}

func TestAPageAskedForTheWrongWayIs405(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	for _, r := range routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		other := http.MethodPost
		if method == http.MethodPost {
			other = http.MethodGet
		}
		path = strings.NewReplacer("{$}", "", "{ref}", "AAA111", "{code}", "K7Q2", "{id}", "1").Replace(path)
		request, err := http.NewRequestWithContext(t.Context(), other, h.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := budi.http.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		both := false // another route has the same path and this method
		for _, o := range routes {
			both = both || o.pattern == other+" "+strings.TrimPrefix(r.pattern, method+" ")
		}
		if !both && (response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != method) {
			t.Errorf("%s %s is answered %d (Allow %q)", other, path, response.StatusCode, response.Header.Get("Allow"))
		}
	}
	budi.gets("/none").is(http.StatusNotFound)
}
