package stories

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"  // #nosec G501 -- a leak may wear it
	"crypto/sha1" // #nosec G505 -- a leak may wear it
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// kind says which forms a canary may take.
type kind int

const (
	word   kind = iota // letters a person wrote, in any case
	number             // a phone number (E.164) or a chat id: digits, however they are grouped
	place              // a coordinate, cut to four decimals
	secret             // a token, a password: exactly these characters
)

// canary is something that was told, or that identifies somebody, or that opens a door.
type canary struct {
	name  string
	value string
	kind  kind
}

// pattern is one form of a canary.
type pattern struct {
	canary canary
	form   string
	bytes  []byte
}

// finding is a canary where it must not be.
type finding struct {
	canary canary
	form   string
	where  string
	around string
}

func (f finding) String() string {
	return fmt.Sprintf("%s holds %s (%s), as %s: %q", f.where, f.canary.name, f.canary.value, f.form, f.around)
}

// searcher looks for many forms of many canaries in one pass. Patterns are found by
// their first six bytes.
type searcher struct {
	exact, folded index
}

const prefix = 6

type index struct {
	by    map[uint64][]pattern
	maybe [1 << 16]bool // by the first two bytes
}

func (x *index) add(p pattern) {
	if len(p.bytes) < prefix {
		return
	}
	if x.by == nil {
		x.by = map[uint64][]pattern{}
	}
	k := key(p.bytes)
	x.by[k] = append(x.by[k], p)
	x.maybe[int(p.bytes[0])<<8|int(p.bytes[1])] = true
}

func key(b []byte) (k uint64) {
	for _, c := range b[:prefix] {
		k = k<<8 | uint64(c)
	}
	return k
}

func (x *index) in(data []byte, hit func(p pattern, at int)) {
	for i := 0; i+prefix <= len(data); i++ {
		if !x.maybe[int(data[i])<<8|int(data[i+1])] {
			continue
		}
		for _, p := range x.by[key(data[i:])] {
			if bytes.HasPrefix(data[i:], p.bytes) {
				hit(p, i)
			}
		}
	}
}

// newSearcher knows every form of the canaries.
func newSearcher(canaries []canary) *searcher {
	s := &searcher{}
	for _, c := range canaries {
		for _, p := range formsOf(c) {
			if strings.HasPrefix(p.form, "base") || strings.HasPrefix(p.form, "raw") {
				s.exact.add(p)
				continue
			}
			p.bytes = lower(p.bytes)
			s.folded.add(p)
		}
	}
	return s
}

// lower folds ASCII only, so that bytes stay where they are.
func lower(b []byte) []byte {
	out := slices.Clone(b)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}

// formsOf is how a canary may look.
func formsOf(c canary) []pattern {
	var all []pattern
	add := func(form string, b []byte) { all = append(all, pattern{c, form, b}) }
	for _, v := range spellings(c) {
		add("plain", []byte(v))
		add("JSON", []byte(jsonASCII(v)))
		add("quoted", []byte(strings.Trim(strconv.QuoteToASCII(v), `"`)))
		add("URL", []byte(url.QueryEscape(v)))
		add("URL path", []byte(url.PathEscape(v)))
		add("HTML", []byte(html.EscapeString(v)))
		add("every byte percent", eachByte(v, "%%%02x", ""))
		add("hex", []byte(hex.EncodeToString([]byte(v))))
		add("hex in groups", eachByte(v, "%02x", " "))
		add("hex in Go", eachByte(v, "0x%x", ", "))
		add("Go bytes", eachByte(v, "%d", " "))
		add("base32", bytes.TrimRight([]byte(base32.StdEncoding.EncodeToString([]byte(v))), "=")[:len(v)*8/5])
		add("backwards", backwards(v))
		add("UTF-16 little-endian", wide(v, binary.LittleEndian))
		add("UTF-16 big-endian", wide(v, binary.BigEndian))
		for offset := range 3 {
			add("base64", inner64(base64.RawStdEncoding, v, offset))
			add("base64url", inner64(base64.RawURLEncoding, v, offset))
		}
	}
	for form, b := range binaryForms(c) {
		add("raw "+form, b)
		add("hex "+form, []byte(hex.EncodeToString(b)))
		add("base64 "+form, []byte(strings.TrimRight(base64.StdEncoding.EncodeToString(b), "=")))
	}
	return all
}

// spellings are the texts of a canary whose encodings differ.
func spellings(c canary) []string {
	switch c.kind {
	case word:
		return []string{c.value, strings.ToUpper(c.value), strings.ToUpper(c.value[:1]) + c.value[1:]}
	case number:
		return []string{national(c.value)}
	}
	return []string{c.value}
}

// national is a number without its plus and country: what every way of writing it has
// in common. The country of a chat id is itself.
func national(v string) string {
	if rest, ok := strings.CutPrefix(v, "+62"); ok {
		return rest
	}
	return strings.TrimLeft(v, "+-")
}

// binaryForms are numbers as machines keep them, and what is only hidden by a hash
// that everybody can compute for every number there is.
func binaryForms(c canary) map[string][]byte {
	forms := map[string][]byte{}
	switch c.kind {
	case number:
		for _, v := range []string{c.value, strings.TrimLeft(c.value, "+"), national(c.value), "0" + national(c.value)} {
			two, one, five := sha256.Sum256([]byte(v)), sha1.Sum([]byte(v)), md5.Sum([]byte(v)) // #nosec G401
			forms["SHA-256 of "+v], forms["SHA-1 of "+v], forms["MD5 of "+v] = two[:16], one[:16], five[:]
		}
		if n, err := strconv.ParseUint(strings.TrimLeft(c.value, "+-"), 10, 64); err == nil {
			forms["integer"] = binary.BigEndian.AppendUint64(nil, n)[2:]
			forms["integer, little-endian"] = binary.LittleEndian.AppendUint64(nil, n)
		}
	case word: // a token is random, and its hash tells nothing
		sum := sha256.Sum256([]byte(c.value))
		forms["SHA-256"] = sum[:16]
	}
	return forms
}

func jsonASCII(v string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(v)) {
		if unit < 0x80 {
			b.WriteByte(byte(unit))
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, unit)
	}
	return b.String()
}

func eachByte(v, format, between string) []byte {
	var parts []string
	for _, c := range []byte(v) {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return []byte(strings.Join(parts, between))
}

func backwards(v string) []byte {
	runes := []rune(v)
	slices.Reverse(runes)
	return []byte(string(runes))
}

func wide(v string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(v)) {
		b = order.AppendUint16(b, unit)
	}
	return b
}

// inner64 is what base64 makes of v in the middle of something, for one of the three
// ways its bytes can fall: the characters that depend on its neighbours are left out.
func inner64(e *base64.Encoding, v string, offset int) []byte {
	text := e.EncodeToString(append(make([]byte, offset), v...))
	first := []int{0, 2, 3}[offset]
	last := (offset + len(v)) * 8 / 6
	return []byte(text)[first:last]
}

// search finds the canaries in data, as it is and unpacked.
func (s *searcher) search(where string, data []byte) []finding {
	found := s.look(where, data)
	for how, view := range views(data) {
		for _, f := range s.look(where, view) {
			f.form += " (" + how + ")"
			found = append(found, f)
		}
	}
	return found
}

// look is one pass over the bytes as they are.
func (s *searcher) look(where string, data []byte) []finding {
	var found []finding
	seen := map[string]bool{}
	note := func(p pattern, at int) {
		if id := p.canary.name + p.canary.value; !seen[id] {
			seen[id] = true
			around := data[max(0, at-60):min(len(data), at+len(p.bytes)+40)]
			found = append(found, finding{p.canary, p.form, where, string(around)})
		}
	}
	s.exact.in(data, note)
	s.folded.in(lower(data), note)
	return found
}

// views are the data unpacked: numbers put together, runs of hex and base64 read, what
// was compressed opened.
func views(data []byte) map[string][]byte {
	v := map[string][]byte{"numbers put together": together(data)}
	if un, err := url.QueryUnescape(string(data)); err == nil && un != string(data) {
		v["URL read"] = together([]byte(un))
	}
	v["hex read"] = runs(data, isHex, func(run []byte) []byte {
		out := make([]byte, len(run)/2)
		n, _ := hex.Decode(out, run[:len(run)/2*2])
		return out[:n]
	})
	v["base64 read"] = runs(data, is64, func(run []byte) []byte {
		plain := strings.NewReplacer("-", "+", "_", "/").Replace(string(run))
		out, _ := base64.RawStdEncoding.DecodeString(plain[:len(plain)/4*4])
		return out
	})
	packed := slices.Concat(data, v["hex read"], v["base64 read"])
	v["unzipped"] = unzipped(packed)
	for how, view := range v {
		if len(view) == 0 {
			delete(v, how)
		}
	}
	return v
}

// together leaves out what stands between two digits.
func together(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if strings.IndexByte(" -().+_/\t", data[i]) < 0 || len(out) == 0 || !isDigit(out[len(out)-1]) {
			out = append(out, data[i])
			continue
		}
		j := i
		for j < len(data) && j-i < 4 && strings.IndexByte(" -().+_/\t", data[j]) >= 0 {
			j++
		}
		if j < len(data) && isDigit(data[j]) {
			i = j - 1
			continue
		}
		out = append(out, data[i])
	}
	return out
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }
func is64(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.IndexByte("+/-_", c) >= 0
}

// runs reads every long run of such characters, one after the other.
func runs(data []byte, is func(byte) bool, read func([]byte) []byte) []byte {
	const least = 16
	var out []byte
	for i := 0; i < len(data); {
		j := i
		for j < len(data) && is(data[j]) {
			j++
		}
		if j-i >= least {
			out = append(append(out, read(data[i:j])...), 0)
		}
		i = j + 1
	}
	return out
}

// unzipped opens every gzip stream that begins somewhere in the data.
func unzipped(data []byte) []byte {
	const most = 1 << 20
	var out []byte
	for rest := data; ; {
		at := bytes.Index(rest, []byte{0x1f, 0x8b, 8})
		if at < 0 {
			return out
		}
		rest = rest[at:]
		if r, err := gzip.NewReader(bytes.NewReader(rest)); err == nil {
			plain, _ := io.ReadAll(io.LimitReader(r, most))
			out = append(append(out, plain...), 0)
		}
		rest = rest[3:]
	}
}
