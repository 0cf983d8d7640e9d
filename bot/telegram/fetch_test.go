package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pulang/bot"
	"pulang/bot/bottest"
	"pulang/internal/casefile"
	"pulang/internal/media"
)

func TestFilesAreFetchedAsTheyWereSent(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	c := open(t, fake)
	voice := bytes.Repeat([]byte("OggS\x00suara"), 1000)
	fake.File("v-1", voice)
	files := c.Files(casefile.Hide(`{"type":"voice","file_id":"v-1","size":10000,"name":"rekaman.ogg"}`))
	if len(files) != 1 || !files[0].Name.Is("rekaman.ogg") || files[0].Size != 10000 {
		t.Fatalf("files: %+v", files)
	}
	got, err := c.Fetch(t.Context(), files[0].Ref)
	if err != nil || !bytes.Equal(got, voice) {
		t.Errorf("fetched %d bytes, %v", len(got), err)
	}
	for _, none := range []string{`{"type":"location","lat":1,"lon":2}`, `{"type":"contact","phone":"+62"}`, `{"type":"sticker","file_id":"k"}`, `{"type":"poll"}`, `no JSON`, ``} {
		if files := c.Files(casefile.Hide(none)); len(files) != 0 {
			t.Errorf("%s has files: %d", none, len(files))
		}
	}
}

func TestAFileThatCannotBeFetchedSaysWhyInOurWordsOnly(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	c := open(t, fake)
	fake.File("large", make([]byte, media.Most+1))
	for ref, want := range map[string]bot.SendError{
		"large":   {Outcome: bot.Refused, Class: bot.TooLarge},
		"unknown": {Outcome: bot.Retry, Class: "unavailable"},
	} {
		_, err := c.Fetch(t.Context(), casefile.Hide(ref))
		var got *bot.SendError
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%s: %v, want %v", ref, err, &want)
		}
	}
	if len(fake.Violations()) > 0 {
		t.Errorf("Telegram would refuse: %q", fake.Violations())
	}
}

// server answers getFile well, and the file itself with serve.
func server(t *testing.T, path string, serve http.HandlerFunc) *Telegram {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getFile") {
			_, _ = fmt.Fprintf(w, `{"ok":true,"result":{"file_id":"x","file_unique_id":"y","file_path":%q}}`, path)
			return
		}
		serve(w, r)
	}))
	t.Cleanup(s.Close)
	c, err := Open(Settings{Token: testToken, Secret: testSecret, APIURL: s.URL, Transport: bottest.LocalOnly(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestADownloadThatGoesWrongLeaksNoToken(t *testing.T) {
	t.Parallel()
	says := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no file for "+testToken, status) }
	}
	for name, story := range map[string]struct {
		path  string
		serve http.HandlerFunc
		want  string
	}{
		"an error of the server":   {"photos/a.jpg", says(500), "send: retry (http_500)"},
		"an address of yesterday":  {"photos/a.jpg", says(404), "send: retry (http_404)"},
		"too many":                 {"photos/a.jpg", says(429), "send: slow (too_many)"},
		"led elsewhere":            {"photos/a.jpg", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", 302) }, "send: retry (http_302)"},
		"nothing in it":            {"photos/a.jpg", func(http.ResponseWriter, *http.Request) {}, "send: retry (empty)"},
		"cut off":                  {"photos/a.jpg", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "send: retry (connection_reset)"},
		"a path out of the folder": {"../../etc/passwd", says(200), "send: retry (answer_unreadable)"},
		"a path with a query":      {"a.jpg?x=1", says(200), "send: retry (answer_unreadable)"},
		"larger than it may be": {"a.bin", func(w http.ResponseWriter, _ *http.Request) {
			for range media.Most/(1<<20) + 1 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}, "send: refused (too_large)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := server(t, story.path, story.serve).Fetch(t.Context(), casefile.Hide("x"))
			if err == nil || err.Error() != story.want {
				t.Errorf("%v, want %s", err, story.want)
			}
		})
	}
}

func TestFetchingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	c := server(t, "a.jpg", func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	if _, err := c.Fetch(ctx, casefile.Hide("x")); err == nil || err.Error() != "send: retry (canceled)" {
		t.Errorf("%v", err)
	}
}
