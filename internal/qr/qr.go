// Package qr draws a text as a QR code, for a phone that stands before a screen: an
// authenticator takes its secret from it.
//
// It promises a code that is drawn here, on the host: as the path of an SVG, dark on
// light, with the margin that readers need, and error correction of level M. It keeps
// nothing and logs nothing of the text. It leaves colours and size to the page, and
// the text itself beside the code, for those who cannot point a camera.
package qr

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// Margin is how many light modules stand around a code.
const Margin = 4

// ErrTooLong is returned for what fits into no code. It does not hold the text.
var ErrTooLong = errors.New("text does not fit into a QR code")

// Code is a QR code as an SVG draws it, in a square of Side units: one for each module.
type Code struct {
	Side int
	Path string // of the dark modules
}

// Draw makes the code of a text.
func Draw(text string) (Code, error) {
	drawn, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil || text == "" {
		return Code{}, ErrTooLong // its own words may hold the text
	}
	n := drawn.Bounds().Dx()
	var path strings.Builder
	for y := range n {
		for x := 0; x < n; {
			run := 0
			for x+run < n && dark(drawn, x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+Margin, y+Margin, run, run)
			}
			x += run + 1
		}
	}
	return Code{Side: n + 2*Margin, Path: path.String()}, nil
}

func dark(drawn image.Image, x, y int) bool {
	at := drawn.Bounds().Min
	return color.GrayModel.Convert(drawn.At(at.X+x, at.Y+y)) == color.Gray{}
}
