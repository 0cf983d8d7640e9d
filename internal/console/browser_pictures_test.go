package console

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack/testbed"
)

var (
	screenshots = flag.Bool("screenshots", false, "write the pictures of docs/img anew")
	gallery     = flag.String("gallery", "", "a folder for pictures of every page, on a phone and on a desktop, light and dark, in both languages")
)

// TestThePagesHaveTheirPictures draws what supervisors see that no shift shows, and keeps
// the pictures as artefacts.
func TestThePagesHaveTheirPictures(t *testing.T) {
	f := furnish(t)
	at := f.staff[access.Supervisor]["en"].seen("en")
	ctx := openBrowser(t)
	for _, p := range []struct {
		name, path, theme string
		width, height     int64
	}{
		{"console-overview-desktop.png", "/overview", "light", 1280, 900},
	} {
		look(t, ctx, p.width, p.theme)
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(p.width, p.height), chromedp.Navigate(at+p.path)); err != nil {
			t.Fatal(err)
		}
		becomes(t, ctx, "the page is there", `document.querySelector("main h1").checkVisibility()`)
		shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		dir := t.ArtifactDir()
		if *screenshots {
			dir = filepath.Join("..", "..", "docs", "img")
		}
		testbed.Picture(t, filepath.Join(dir, p.name), shot)
	}
	if *gallery != "" {
		f.gallery(t, *gallery)
	}
}

// gallery draws every page for whoever looks at them all.
func (f *furnished) gallery(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	sights := f.sights()
	shown := map[casefile.Lang][]string{"id": f.shown(sights, "id"), "en": f.shown(sights, "en")}
	for _, shape := range []struct {
		lang  casefile.Lang
		theme string
		width int64
	}{{"id", "dark", 390}, {"en", "light", 390}, {"en", "light", 1280}, {"id", "dark", 1280}} {
		pages, ctx := shown[shape.lang], openBrowser(t)
		look(t, ctx, shape.width, shape.theme)
		for i, page := range pages {
			name := fmt.Sprintf("%02d-%s-%d-%s-%s.png", i, unfit.ReplaceAllString(strings.Trim(sights[i].String(), " /"), "-"), shape.width, shape.theme, shape.lang)
			whole(t, ctx, page, filepath.Join(dir, name))
		}
	}
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9.]+`)

// whole draws a page from its top to its bottom.
func whole(t *testing.T, ctx context.Context, page, file string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(page)); err != nil {
		t.Fatal(page, err)
	}
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(page, err)
	}
	if err := os.WriteFile(file, shot, 0o600); err != nil {
		t.Fatal(err)
	}
}
