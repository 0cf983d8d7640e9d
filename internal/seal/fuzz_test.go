package seal

import (
	"bytes"
	"testing"

	"pulang/internal/casefile"
)

// FuzzDecodeFact: what is read can be written and reads back the same.
func FuzzDecodeFact(f *testing.F) {
	f.Add([]byte(`{"k":"freedom","v":"locked","h":"answered","t":1}`))
	f.Add([]byte(`{"k":"place","v":"KK Park","h":"heard","f":"01900000-0000-7000-8000-000000000000","p":"di kk park"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fact, err := DecodeFact(b)
		if err != nil {
			return
		}
		again, err := EncodeFact(fact)
		if err != nil {
			t.Fatal("what was read must be writable")
		}
		if back, err := DecodeFact(again); err != nil || back != fact {
			t.Errorf("%q changes by being written and read", b)
		}
	})
}

// FuzzOpen: nothing but what was sealed opens.
func FuzzOpen(f *testing.F) {
	keys, err := New()
	if err != nil {
		f.Fatal(err)
	}
	here := Place{Table: "t", Column: "c", Row: casefile.NewID(now)}
	sealed, err := keys.Own().Seal(here, []byte("words"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:5])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if plain, err := keys.Own().Open(here, b); err == nil && !bytes.Equal(b, sealed) {
			t.Errorf("%x was never sealed and opens as %q", b, plain)
		}
	})
}

// FuzzParseHolder: a holder's name is harmless in a file name.
func FuzzParseHolder(f *testing.F) {
	f.Add("rani=age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
	f.Add("../rani=age1")
	f.Fuzz(func(t *testing.T, text string) {
		if h, err := ParseHolder(text); err == nil && (!isPlainName(h.Name) || h.key == nil) {
			t.Errorf("%q names the holder %q", text, h.Name)
		}
	})
}
