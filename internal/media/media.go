// Package media looks at what people sent: what kind of file it is, a picture of it
// that is too small to recognise anybody, and a copy to look at without what the
// camera wrote into it.
//
// It promises that it trusts nothing: not what the sender calls a file, not the sizes
// it claims (more than MostPixels is not opened), and not the decoders (one that panics
// is a picture that cannot be read). A copy is drawn anew from its points alone, so that
// the place, the time and the name of the phone are not in it. It is pure: no file, no
// network, no clock.
//
// It knows the pictures the standard library reads: JPEG, PNG, and the first picture of
// a GIF. Everything else is kept, and not shown. Who may look is for access and cases.
package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the first picture of it
	"image/jpeg"
	"image/png"
	"net/http"
	"slices"
)

// Most is the largest file that is kept, in bytes. Telegram hands out no larger ones.
const Most = 20 << 20

// The limits of pictures.
const (
	// MostPixels is the largest picture that is opened. In the worst case (JPEG in
	// passes, in full colour) a decoder holds twelve bytes of each.
	MostPixels = 16 << 20
	copyEdge   = 1280 // the longer edge of a copy to look at
	blurEdge   = 8    // and of a picture too small to recognise anybody
	quality    = 80
)

// Why there is no picture.
var (
	ErrNoPicture = errors.New("not a picture that can be read")
	ErrTooLarge  = errors.New("picture has too many points")
)

// Kind is what staff can do with a file.
type Kind string

// The kinds of file.
const (
	Picture Kind = "picture"
	Sound   Kind = "sound"
	Film    Kind = "film"
	Paper   Kind = "paper"
	Other   Kind = "other"
)

// types are the media types we tell apart, by their first bytes. Nothing of a file's
// own name or type is believed.
var types = map[string]struct {
	kind Kind
	ext  string
}{
	"image/jpeg":      {Picture, "jpg"},
	"image/png":       {Picture, "png"},
	"image/gif":       {Picture, "gif"},
	"image/webp":      {Picture, "webp"},
	"image/bmp":       {Picture, "bmp"},
	"image/heic":      {Picture, "heic"},
	"application/ogg": {Sound, "ogg"},
	"audio/mpeg":      {Sound, "mp3"},
	"audio/wave":      {Sound, "wav"},
	"audio/aiff":      {Sound, "aiff"},
	"video/mp4":       {Film, "mp4"},
	"video/webm":      {Film, "webm"},
	"video/avi":       {Film, "avi"},
	"application/pdf": {Paper, "pdf"},
}

// brands are what photos of iPhones begin with, behind their length and "ftyp". They are
// known for what they are, so that a page can say that it has no preview of them.
var brands = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}

func isHEIC(data []byte) bool {
	return len(data) >= 12 && string(data[4:8]) == "ftyp" && slices.Contains(brands, string(data[8:12]))
}

// TypeOf is the media type of a file by its first bytes: one of a closed list, or
// application/octet-stream.
func TypeOf(data []byte) string {
	found := http.DetectContentType(data)
	if isHEIC(data) {
		found = "image/heic"
	}
	if _, known := types[found]; !known {
		return "application/octet-stream"
	}
	return found
}

// KindOf is what staff can do with a file of a type, and how its name would end.
func KindOf(mediaType string) (kind Kind, ext string) {
	if t, known := types[mediaType]; known {
		return t.kind, t.ext
	}
	return Other, "bin"
}

// Blur is a picture of a picture, eight points wide or high: enough to see that there
// is one, and too little to see what. It is a PNG of a few hundred bytes.
func Blur(data []byte) ([]byte, error) {
	small, err := drawn(data, blurEdge)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small)
	return out.Bytes(), err
}

// Copy is a picture drawn anew, upright, and no larger than a screen: a JPEG that has
// nothing in it but what is to be seen.
func Copy(data []byte) ([]byte, error) {
	small, err := drawn(data, copyEdge)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, small, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

// drawn opens a picture and draws it anew, with its longer edge at most edge points.
func drawn(data []byte, edge int) (small *image.RGBA, err error) {
	defer func() {
		if r := recover(); r != nil {
			small, err = nil, fmt.Errorf("decoder panicked (%T): %w", r, ErrNoPicture)
		}
	}()
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return nil, ErrNoPicture // the decoder's own words hold bytes of the file
	}
	if config.Width > MostPixels/config.Height {
		return nil, ErrTooLarge
	}
	full, _, err := image.Decode(bytes.NewReader(data))
	if err != nil || full.Bounds().Empty() {
		return nil, ErrNoPicture
	}
	small = shrink(full, edge)
	if format == "jpeg" {
		small = upright(small, orientation(data))
	}
	return small, nil
}
