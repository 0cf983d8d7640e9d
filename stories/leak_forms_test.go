package stories

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1" // #nosec G505 -- a leak may wear it
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"html/template"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

// seeds makes canaries that are no word, no number of anybody, and the same in every
// run of a test.
type seeds struct {
	random *rand.Rand
	all    []canary
}

func newSeeds(test string) *seeds {
	h := fnv.New64a()
	_, _ = h.Write([]byte(test))
	return &seeds{random: rand.New(rand.NewPCG(h.Sum64(), 1))} // #nosec G404 -- not a secret
}

func (s *seeds) keep(name, value string, k kind) string {
	s.all = append(s.all, canary{name, value, k})
	return value
}

// word is twelve letters nobody says, some with a letter beyond ASCII.
func (s *seeds) word(name string) string {
	var b strings.Builder
	b.WriteString("zq")
	for range 5 {
		b.WriteByte("bdfghjkmnprstvw"[s.random.IntN(15)])
		b.WriteByte("aeiou"[s.random.IntN(5)])
	}
	return s.keep(name, b.String(), word)
}

// accented is a word whose bytes, escapes and percents differ.
func (s *seeds) accented(name string) string {
	w := s.word(name)
	s.all[len(s.all)-1].value = w[:6] + "é" + w[6:]
	return s.all[len(s.all)-1].value
}

// phone is a mobile number of Indonesia.
func (s *seeds) phone(name string) string {
	return s.keep(name, fmt.Sprintf("+62812%09d", s.random.Int64N(1e9)), number)
}

// chat is the id of a chat.
func (s *seeds) chat(name string) int64 {
	id := 6_000_000_000 + s.random.Int64N(3_000_000_000)
	s.keep(name, fmt.Sprint(id), number)
	return id
}

// point is a coordinate; whoever has four of its decimals has found the house.
func (s *seeds) point(name string, degrees int) float64 {
	f := float64(degrees) + float64(100000+s.random.IntN(899999))/1e6
	s.keep(name, fmt.Sprintf("%.6f", f)[:len(fmt.Sprint(degrees))+5], place)
	return f
}

// token is what opens a door.
func (s *seeds) token(name string) string {
	var raw [24]byte
	for i := range raw {
		raw[i] = byte(s.random.IntN(256))
	}
	return s.keep(name, base64.RawURLEncoding.EncodeToString(raw[:]), secret)
}

// hexToken is a token as Twilio makes them.
func (s *seeds) hexToken(name string) string {
	return s.keep(name, fmt.Sprintf("%016x%016x", s.random.Uint64(), s.random.Uint64()), secret)
}

func TestEveryFormOfALeakIsFound(t *testing.T) {
	t.Parallel()
	s := newSeeds(t.Name())
	text, odd, phone, chat := s.word("text"), s.accented("accented text"), s.phone("phone"), s.chat("chat")
	s.point("latitude", 16)
	token := s.token("token")
	n := strings.TrimPrefix(phone, "+")
	two, one := sha256.Sum256([]byte(phone)), sha1.Sum([]byte(n)) // #nosec G401
	wide := func(order binary.AppendByteOrder) (b []byte) {
		for _, u := range utf16.Encode([]rune("ab " + text)) {
			b = order.AppendUint16(b, u)
		}
		return b
	}
	asJSON, _ := json.Marshal(map[string]string{"text": odd})
	var asXML bytes.Buffer
	_ = xml.EscapeText(&asXML, []byte(text+"'s"))
	reversed := []rune(text)
	for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
		reversed[i], reversed[j] = reversed[j], reversed[i]
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("tolong " + text))
	_ = z.Close()
	for form, data := range map[string]string{
		"plain":                  "level=INFO text=" + text,
		"upper case":             strings.ToUpper(text),
		"capital":                "Halo " + strings.ToUpper(text[:1]) + text[1:] + ", apa kabar",
		"JSON":                   string(asJSON),
		"JSON in ASCII":          `{"a":"` + strings.ReplaceAll(odd, "é", `\u00e9`) + `"}`,
		"Go, quoted":             fmt.Sprintf("%+q", odd),
		"XML":                    asXML.String(),
		"HTML":                   template.HTMLEscapeString("<" + odd + ">"),
		"query":                  "https://x.example/?" + url.Values{"q": {odd}}.Encode(),
		"path":                   "https://x.example/" + url.PathEscape(odd+" x"),
		"hex":                    hex.EncodeToString([]byte("t=" + text)),
		"HEX":                    fmt.Sprintf("%X", "!"+text),
		"hex with spaces":        fmt.Sprintf("% x", text),
		"Go syntax of bytes":     fmt.Sprintf("%#v", []byte(text)),
		"Go list of bytes":       fmt.Sprintf("%v", []byte("a"+text)),
		"bytea":                  `\\x` + hex.EncodeToString([]byte(`{"t":"`+odd+`"}`)),
		"base64":                 base64.StdEncoding.EncodeToString([]byte(text)),
		"base64, one before":     base64.StdEncoding.EncodeToString([]byte("a" + text + "b")),
		"base64, two before":     base64.StdEncoding.EncodeToString([]byte("ab" + text + "c")),
		"base64url in a URL":     "/p/" + base64.RawURLEncoding.EncodeToString([]byte("??>"+odd+"??")),
		"base64 of a capital":    base64.StdEncoding.EncodeToString([]byte("-" + strings.ToUpper(text))),
		"UTF-16":                 string(wide(binary.LittleEndian)),
		"UTF-16, big-endian":     string(wide(binary.BigEndian)),
		"base64 of UTF-16":       base64.StdEncoding.EncodeToString(wide(binary.LittleEndian)),
		"backwards":              string(reversed),
		"gzip":                   "\x00\x01" + zipped.String(),
		"base64 of gzip":         base64.StdEncoding.EncodeToString(zipped.Bytes()),
		"hex of base64":          hex.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte("ab" + text)))),
		"E.164":                  "to=" + phone,
		"number without plus":    n,
		"number as at home":      "0" + n[2:],
		"number with spaces":     "+" + n[:2] + " " + n[2:5] + " " + n[5:9] + " " + n[9:],
		"number with dashes":     "0" + n[2:5] + "-" + n[5:9] + "-" + n[9:],
		"number with brackets":   "(0" + n[2:5] + ") " + n[5:9] + "." + n[9:],
		"number in a form":       url.Values{"To": {"+" + n[:2] + " " + n[2:5] + "-" + n[5:]}}.Encode(),
		"number, SHA-256 in hex": hex.EncodeToString(two[:]),
		"number, SHA-256 cut":    hex.EncodeToString(two[:16]),
		"number, SHA-256":        "x" + string(two[:]),
		"number, SHA-1":          base64.StdEncoding.EncodeToString(one[:]),
		"number backwards":       string(backwards(n)),
		"chat id in a log":       fmt.Sprintf(`{"chat":%d}`, chat),
		"chat id as an integer":  string(binary.BigEndian.AppendUint64(nil, uint64(chat))),
		"chat id in hex":         hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, uint64(chat))),
		"coordinate":             "lat=" + s.all[4].value + "71",
		"token":                  "https://x.example/file/bot" + token + "/photo",
		"token in base64":        base64.StdEncoding.EncodeToString([]byte("user:" + token)),
	} {
		if found := newSearcher(s.all).search("here", []byte("noise before "+data+" noise after")); len(found) == 0 {
			t.Errorf("%s is not found: %q", form, data)
		}
	}
	quiet := []byte(`{"msg":"the line is open","id":"018f3c7a-0000-7000-8000-000000000001","at":"2026-03-02T05:00:00Z"} `)
	noise := rand.New(rand.NewPCG(1, 2)) // #nosec G404
	for range 1 << 20 {
		quiet = append(quiet, byte(noise.IntN(256)))
	}
	if found := newSearcher(s.all).search("noise", quiet); len(found) != 0 {
		t.Errorf("found in noise: %v", found)
	}
}
