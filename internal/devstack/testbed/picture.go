package testbed

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"slices"
	"testing"
)

// heaviestPicture is what a picture of a page may weigh: people read the docs over slow
// lines.
const heaviestPicture = 150_000

// Picture writes a screenshot to a file, as a PNG of at most 256 colours, which a page
// can be without. One that is heavy all the same fails the test.
func Picture(t *testing.T, file string, shot []byte) {
	t.Helper()
	drawn, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Errorf("the screenshot for %s is no picture: %v", file, err)
		return
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, withFewColours(drawn)); err != nil {
		t.Error(err)
		return
	}
	if out.Len() > heaviestPicture {
		t.Errorf("the picture %s weighs %d, the limit is %d", file, out.Len(), heaviestPicture)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil { // #nosec G306 -- a picture for the docs
		t.Error(err)
	}
}

// withFewColours draws a picture in its 256 most frequent colours; the others take the
// nearest of them.
func withFewColours(from image.Image) *image.Paletted {
	at, seen := from.Bounds(), map[color.RGBA]int{}
	exact := func(x, y int) color.RGBA { return color.RGBAModel.Convert(from.At(x, y)).(color.RGBA) }
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			seen[exact(x, y)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(seen), func(a, b color.RGBA) int {
		number := func(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
		return cmp.Or(cmp.Compare(seen[b], seen[a]), cmp.Compare(number(a), number(b)))
	})
	var palette color.Palette
	for _, c := range most[:min(256, len(most))] {
		palette = append(palette, c)
	}
	drawn, nearest := image.NewPaletted(at, palette), map[color.RGBA]uint8{}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			c := exact(x, y)
			i, known := nearest[c]
			if !known {
				i = uint8(palette.Index(c)) // #nosec G115 -- at most 256 colours
				nearest[c] = i
			}
			drawn.SetColorIndex(x, y, i)
		}
	}
	return drawn
}
