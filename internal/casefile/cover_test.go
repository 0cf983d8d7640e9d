package casefile

import (
	"strings"
	"testing"
)

func TestWhatFindsAPersonIsCovered(t *testing.T) {
	t.Parallel()
	const c = cover
	for text, want := range map[string]string{
		"":                                  "",
		"tlg sy dskp di kk park lantai 3":   "tlg sy dskp di kk park lantai 3",
		"jam 21.30 tgl 12, 20 orang, 500rb": "jam 21.30 tgl 12, 20 orang, 500rb",
		"telp ibu 0812-3456-7890 ya":        "telp ibu " + c + " ya",
		"+62 812 3456 789":                  c,
		"(021) 555 1234":                    "(" + c,
		"0 8 1 2 3 4 5":                     c,
		"081234":                            "081234", // six digits
		"٠٨١٢٣٤٥٦":                          c,
		"paspor A1234567":                   "paspor A" + c,
		"di 16.7167, 98.5667 kak":           "di " + c + " kak",
		"di 16.716, 98.566":                 "di " + c,
		"ig @rina_wati99 ya":                "ig " + c + " ya",
		"email rina.w@mail.co.id":           "email " + c,
		"https://t.me/rinawati":             c,
		"https://maps.app.goo.gl/AbC1 sini": c + " sini",
		"nama saya Rina Wati umur 19":       "nama saya " + c + " umur 19",
		"nama saya rina, tolong":            "nama saya " + c + ", tolong",
		"namaku Siti":                       "namaku " + c,
		"nama sy Rina":                      "nama sy " + c,
		"nm gue rina":                       "nm gue " + c,
		"Nama lengkap: Budi Santoso.":       "Nama lengkap: " + c,
		"nama adik saya Dewi hilang":        "nama adik saya " + c + " hilang",
		"my name is Ani Putri please help":  "my name is " + c + " please help",
		"her name is ani":                   "her name is " + c,
		"apa nama kantornya":                "apa nama kantornya",
		"name: Joko":                        "name: " + c,
	} {
		if got := Hide(text).Covered(); !got.Is(want) {
			t.Errorf("%q is covered as %q, want %q", text, got.Reveal(), want)
		}
	}
}

// FuzzCovered: no run of seven digits is left, and covering twice changes nothing.
func FuzzCovered(f *testing.F) {
	f.Add("telp 0812-3456-7890 nama saya Rina")
	f.Add("١٢٣٤٥٦٧٨ @abcd a@b.c")
	f.Fuzz(func(t *testing.T, text string) {
		once := Hide(text).Covered()
		run := 0
		for _, r := range once.Reveal() {
			if r < '0' || r > '9' {
				run = 0
			} else if run++; run >= 7 {
				t.Fatalf("%q keeps seven digits: %q", text, once.Reveal())
			}
		}
		if strings.Contains(once.Reveal(), cover) && once.Len() == 0 {
			t.Fatal("empty")
		}
	})
}
