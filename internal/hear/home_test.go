package hear

import (
	"testing"

	"pulang/internal/casefile"
)

// In any order of the words: whoever may not go home is held.
func TestNotBeingAllowedHomeIsDanger(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"saya mau pulang dr kamboja tp gk dikasih", "mau pulang tp ga boleh", "gk dikasih pulang sm bos",
		"pengen pulang tapi bos ga ngasih izin", "i want to go home but they dont let me",
	} {
		if r := read(t, text, ""); !r.HasDanger() || !facts(r).Has(casefile.Freedom, "locked") {
			t.Errorf("%q: danger %v, facts %v", text, r.HasDanger(), facts(r))
		}
	}
	for _, text := range []string{"bisa pulang gak ya lebaran ini", "mau pulang tapi hujan"} {
		if r := read(t, text, ""); r.HasDanger() {
			t.Errorf("%q is no danger", text)
		}
	}
}

// TestDangerAgainAtHomeIsDanger: a "but" or "now" before it says that it is not over. What
// is told of the past, or of there, is.
func TestDangerAgainAtHomeIsDanger(t *testing.T) {
	t.Parallel()
	for text, danger := range map[string]bool{
		"sudah pulang tapi dikurung agen di rumahnya":                  true,
		"i am home now but they locked me in the shelter":              true,
		"sudah pulang tapi dulu disekap di kamboja":                    false,
		"saya sudah pulang tapi waktu disana disekap, mau urus gaji":   false,
		"sudah di rumah, dikurung dua tahun di kamboja, mau urus gaji": false,
	} {
		if r := read(t, text, ""); r.HasDanger() != danger {
			t.Errorf("%q: danger %v, want %v: %v", text, r.HasDanger(), danger, r.Dangers)
		}
	}
}
