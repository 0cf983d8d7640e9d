package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// corners is a picture whose four corners have four colours: whoever turns it shows.
func corners(wide, high int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			c := color.RGBA{A: 255}
			if x < wide/2 {
				c.R = 255
			}
			if y < high/2 {
				c.G = 255
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withEXIF puts an EXIF part into a JPEG: an orientation, and words a camera writes.
func withEXIF(picture []byte, order binary.ByteOrder, orientation uint16, words string) []byte {
	tiff := []byte("MM\x00*")
	if order == binary.LittleEndian {
		tiff = []byte("II*\x00")
	}
	tiff = append(tiff, 0, 0, 0, 0)
	order.PutUint32(tiff[4:], 8)
	entry := make([]byte, 2+12+4)
	order.PutUint16(entry, 1)
	order.PutUint16(entry[2:], tagOrientation)
	order.PutUint16(entry[4:], typeShort)
	order.PutUint32(entry[6:], 1)
	order.PutUint16(entry[10:], orientation)
	body := append(append([]byte("Exif\x00\x00"), append(tiff, entry...)...), words...)
	part := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(body)+2))
	return bytes.Join([][]byte{picture[:2], part, body, picture[2:]}, nil)
}

// seen is what is in the middle of each quarter: r for red in it, g for green.
func seen(t *testing.T, data []byte) string {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	b := m.Bounds()
	for _, at := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		r, g, _, _ := m.At(b.Dx()*at[0]/4, b.Dy()*at[1]/4).RGBA()
		if r > 0x8000 {
			out.WriteString("r")
		}
		if g > 0x8000 {
			out.WriteString("g")
		}
		out.WriteString(".")
	}
	return out.String()
}

func TestACopyHoldsNothingOfWhatTheCameraWrote(t *testing.T) {
	t.Parallel()
	const secret = "GPS 16.6891 N 98.5089 E, phone of Rina"
	picture := withEXIF(asJPEG(t, corners(2000, 1000)), binary.BigEndian, 1, secret)
	for name, draw := range map[string]func([]byte) ([]byte, error){"copy": Copy, "blur": Blur} {
		out, err := draw(picture)
		if err != nil {
			t.Fatal(name, err)
		}
		if bytes.Contains(out, []byte("GPS")) || bytes.Contains(out, []byte("Exif")) {
			t.Errorf("the %s holds what the camera wrote", name)
		}
	}
	copied, _ := Copy(picture)
	if config, err := jpeg.DecodeConfig(bytes.NewReader(copied)); err != nil || config.Width != 1280 || config.Height != 640 {
		t.Errorf("the copy is %dx%d (%v), want 1280x640", config.Width, config.Height, err)
	}
	if !strings.HasPrefix(seen(t, copied), "rg.g.r..") {
		t.Errorf("the copy shows %q", seen(t, copied))
	}
}

func TestABlurTellsNobodyApart(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{2000, 1000}, {30, 3000}, {3, 3}} {
		blur, err := Blur(asPNG(t, corners(size[0], size[1])))
		if err != nil {
			t.Fatal(err)
		}
		config, err := png.DecodeConfig(bytes.NewReader(blur))
		if err != nil || config.Width > 8 || config.Height > 8 || len(blur) > 400 {
			t.Errorf("%v: blurred %dx%d in %d bytes (%v)", size, config.Width, config.Height, len(blur), err)
		}
	}
}

func TestAPictureStandsUprightHoweverThePhoneWasHeld(t *testing.T) {
	t.Parallel()
	// The first part of what the eye sees for each orientation, of a picture that lies
	// with red left and green above (EXIF 2.3, figure of the orientations).
	want := map[uint16]string{
		1: "rg.g.r..", 2: "g.rg..r.", 3: ".r.g.rg.", 4: "r..rg.g.",
		5: "rg.r.g..", 6: "r.rg..g.", 7: ".g.r.rg.", 8: "g..rg.r.",
	}
	for _, order := range []binary.ByteOrder{binary.BigEndian, binary.LittleEndian} {
		for held, quarters := range want {
			out, err := Copy(withEXIF(asJPEG(t, corners(64, 32)), order, held, ""))
			if err != nil {
				t.Fatal(err)
			}
			if got := seen(t, out); got != quarters {
				t.Errorf("orientation %d: shows %q, want %q", held, got, quarters)
			}
			config, _ := jpeg.DecodeConfig(bytes.NewReader(out))
			if lying := config.Width == 64; lying != (held < 5) {
				t.Errorf("orientation %d: %dx%d", held, config.Width, config.Height)
			}
		}
	}
	if got := orientation(withEXIF(asJPEG(t, corners(8, 8)), binary.BigEndian, 99, "")); got != 1 {
		t.Errorf("orientation 99 is taken for %d", got)
	}
}

// bomb is a PNG that says it is huge, and is not.
func bomb(wide, high uint32) []byte {
	header := binary.BigEndian.AppendUint32([]byte("IHDR"), wide)
	header = append(binary.BigEndian.AppendUint32(header, high), 8, 2, 0, 0, 0)
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	return binary.BigEndian.AppendUint32(append(out, header...), crc32.ChecksumIEEE(header))
}

func TestABombIsNotOpened(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]uint32{{1 << 15, 1 << 15}, {1<<31 - 1, 1}, {1 << 20, 1 << 10}} {
		for _, draw := range []func([]byte) ([]byte, error){Copy, Blur} {
			if _, err := draw(bomb(size[0], size[1])); !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrNoPicture) {
				t.Errorf("%v: %v", size, err)
			}
		}
	}
	if _, err := Copy(bomb(1<<15, 1<<15)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a picture of a billion points: %v", err)
	}
}

func TestWhatIsNoPictureSaysSoInOurWords(t *testing.T) {
	t.Parallel()
	whole := asJPEG(t, corners(100, 100))
	for name, data := range map[string][]byte{
		"nothing": nil, "words": []byte("tolong saya"), "a PDF": []byte("%PDF-1.7 rahasia"), "half a picture": whole[:len(whole)/3],
		"a WebP": []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "a head alone": {0xFF, 0xD8, 0xFF, 0xE1, 0xFF},
	} {
		if _, err := Copy(data); !errors.Is(err, ErrNoPicture) || err.Error() != ErrNoPicture.Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyTheFirstPictureOfAGIFIsShown(t *testing.T) {
	t.Parallel()
	one := image.NewPaletted(image.Rect(0, 0, 10, 10), color.Palette{color.White, color.Black})
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{one, one}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := Copy(out.Bytes()); err != nil {
		t.Error(err)
	}
}

func TestAFileIsWhatItsBytesSay(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]Kind{
		string(asJPEG(t, corners(4, 4))): Picture, "OggS\x00voice": Sound, "ID3\x03": Sound, "%PDF-1.4": Paper, "\x1a\x45\xdf\xa3": Film,
		"<html><script>alert(1)</script>": Other, "MZ\x90\x00": Other, "": Other, "PK\x03\x04": Other,
	} {
		kind, ext := KindOf(TypeOf([]byte(data)))
		if kind != want || ext == "" || strings.ContainsAny(ext, `./\"`) {
			t.Errorf("%.10q: %s (%s), want %s", data, kind, ext, want)
		}
	}
}

func FuzzPicture(f *testing.F) {
	f.Add(asJPEG(f, corners(20, 10)))
	f.Add(asPNG(f, corners(20, 10)))
	f.Add(withEXIF(asJPEG(f, corners(9, 9)), binary.LittleEndian, 6, "GPS"))
	f.Add(bomb(1<<15, 1<<15))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := orientation(data); n < 1 || n > 8 {
			t.Fatalf("orientation %d", n)
		}
		TypeOf(data)
		for name, draw := range map[string]func([]byte) ([]byte, error){"copy": Copy, "blur": Blur} {
			out, err := draw(data)
			switch {
			case err != nil && !errors.Is(err, ErrNoPicture) && !errors.Is(err, ErrTooLarge):
				t.Fatalf("%s: an error of somebody else", name)
			case err != nil:
				continue
			}
			config, _, err := image.DecodeConfig(bytes.NewReader(out))
			if err != nil || config.Width < 1 || config.Height < 1 || max(config.Width, config.Height) > copyEdge {
				t.Fatalf("%s: %dx%d, %v", name, config.Width, config.Height, err)
			}
		}
	})
}
