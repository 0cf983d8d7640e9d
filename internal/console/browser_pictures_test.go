package console

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"pulang/internal/access"
)

var screenshots = flag.Bool("screenshots", false, "write the pictures of docs/img anew")

// TestThePagesHaveTheirPictures draws what staff see most, on a phone at night and on a
// desktop by day, and keeps the pictures as artefacts.
func TestThePagesHaveTheirPictures(t *testing.T) {
	f := furnish(t)
	at := f.staff[access.Supervisor]["en"].seen("en")
	ctx := openBrowser(t)
	for _, p := range []struct {
		name, path, theme string
		width, height     int64
	}{
		{"console-queue-phone.png", "/", "dark", 390, 844},
		{"console-queue-desktop.png", "/", "light", 1280, 900},
		{"console-case-phone.png", "/cases/AAA111", "dark", 390, 844},
		{"console-case-desktop.png", "/cases/AAA111", "light", 1280, 900},
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
		drawn, err := png.Decode(bytes.NewReader(shot))
		if err != nil || int64(drawn.Bounds().Dx()) != p.width || int64(drawn.Bounds().Dy()) != p.height {
			t.Errorf("the picture %s is not %d by %d (%v)", p.name, p.width, p.height, err)
		}
		dir := t.ArtifactDir()
		if *screenshots {
			dir = filepath.Join("..", "..", "docs", "img")
		}
		if err := os.WriteFile(filepath.Join(dir, p.name), shot, 0o644); err != nil {
			t.Error(err)
		}
	}
}
