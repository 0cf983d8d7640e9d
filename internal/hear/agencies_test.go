package hear

import (
	"slices"
	"strings"
	"testing"

	"pulang/internal/casefile"
)

// namedIn is what a text names, while a question is open.
func namedIn(t *testing.T, text string, pending casefile.Key) string {
	t.Helper()
	h := casefile.Hearing{}
	for _, q := range casefile.Questions {
		if q.Key == pending {
			h.Pending = q
		}
	}
	r := ear(t).Read(casefile.ID{1}, casefile.KindText, casefile.Hide(text), h)
	var named []string
	for _, f := range r.Facts {
		if f.Key == casefile.NamedAgency {
			named = append(named, f.Value.Reveal())
			if f.How != casefile.Heard || !strings.Contains(text, f.Phrase.Reveal()) || f.Phrase.IsEmpty() {
				t.Errorf("%q: %s is heard without the words that say it", text, f.Value.Reveal())
			}
		}
	}
	slices.Sort(named)
	return strings.Join(named, " ")
}

func TestAgenciesAndTheirOfficersAreHeard(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"polisi antar kami balik ke compound":          "police",
		"ada pulisi yg jaga pintu":                     "police",
		"anggota POLRES ikut jual":                     "police",
		"p0lisi? tidak. pak polisi iya":                "police",
		"The police brought us back":                   "police",
		"a cop took my passport":                       "police",
		"petugas imigrasi ambil paspor":                "immigration",
		"immigration officer at airport helped them":   "immigration",
		"orang KBRI minta uang":                        "mission",
		"staf konsulat jual data kami":                 "mission",
		"someone in the embassy sells names":           "mission",
		"pejabat kementerian luar negeri terlibat":     "kemlu",
		"kemlu tidak jawab":                            "kemlu",
		"pegawai BP2MI yang berangkatkan":              "bp2mi",
		"kp2mi":                                        "bp2mi",
		"bapak saya dibawa tentara":                    "military",
		"oknum TNI yang jual":                          "military",
		"soldiers guard the gate":                      "military",
		"disnaker kasih izin palsu":                    "manpower",
		"dinas tenaga kerja terlibat":                  "manpower",
		"ada oknum yang terima uang":                   "official",
		"aparat ikut":                                  "official",
		"polisi dan imigrasi sama saja, oknum semua":   "immigration official police",
		"tlg sy dskp di myawaddy":                      "",
		"saya mau beli intelligent phone":              "",
		"polos sekali anak itu":                        "",
		"kapan gajian":                                 "",
		"kantor luar. negeri orang":                    "",
		"our official account":                         "",
		"P O L I S I":                                  "police",
		"polisinya yg jual kami ke bos, tolong jangan": "police",
	} {
		if got := namedIn(t, text, ""); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

// TestToHaveReportedNamesNobody: an answer to reported_to says where one was, and
// accuses nobody, unless it says more.
func TestToHaveReportedNamesNobody(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"polisi": "", "2": "", "sudah, ke kantor polisi": "", "kbri": "", "disnaker": "", "sudah lapor ke bp2mi bulan lalu": "",
		"polisi tapi polisinya malah balikin kami ke bos": "police",
		"oknum polisi": "police",
		"imigrasi":     "immigration", // not among the answers: it was not asked for
	} {
		if got := namedIn(t, text, casefile.ReportedTo); got != want {
			t.Errorf("answer %q names %q, want %q", text, got, want)
		}
	}
	if namedIn(t, "polisi", casefile.Recruiter) != "police" {
		t.Error("who recruited may be the police")
	}
}
