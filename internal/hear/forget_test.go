package hear

import (
	"testing"

	"pulang/internal/casefile"
)

// TestForgetMeIsHeardBadlyTyped: the request to forget, in both languages, and what
// only looks like it.
func TestForgetMeIsHeardBadlyTyped(t *testing.T) {
	t.Parallel()
	ear, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]casefile.Command{
		"lupakan saya":                 casefile.ForgetCommand,
		"Lupakan aku!":                 casefile.ForgetCommand,
		"lupakn saya":                  casefile.ForgetCommand,
		"hapus data saya":              casefile.ForgetCommand,
		"tolong hapus data saya":       casefile.ForgetCommand,
		"hps data sy":                  casefile.ForgetCommand,
		"hapsu dta saya":               casefile.ForgetCommand,
		"hapus dataku":                 casefile.ForgetCommand,
		"kak tolong hapus data saya":   casefile.ForgetCommand,
		"hapus semua data saya":        casefile.ForgetCommand,
		"forget me":                    casefile.ForgetCommand,
		"forgt me":                     casefile.ForgetCommand,
		"Forget about me please":       casefile.ForgetCommand,
		"delete my data":               casefile.ForgetCommand,
		"delet my data":                casefile.ForgetCommand,
		"plz delete my dat":            casefile.ForgetCommand,
		"please delete all of my data": casefile.ForgetCommand,
		"/forget":                      casefile.ForgetCommand,
		"/lupakan":                     casefile.ForgetCommand,

		"tolong lupakan saya":           casefile.ForgetCommand,
		"mohon hapus data saya":         casefile.ForgetCommand,
		"bisa tolong hapus data saya?":  casefile.ForgetCommand,
		"apa bisa hapus data saya":      casefile.ForgetCommand,
		"hapus aja data saya sekarang":  casefile.ForgetCommand,
		"tlg data sy di hapus":          casefile.ForgetCommand,
		"saya ingin data saya dihapus":  casefile.ForgetCommand,
		"can you delete my data":        casefile.ForgetCommand,
		"i want you to delete my data":  casefile.ForgetCommand,
		"plz delet all my data now thx": casefile.NoCommand, // what it knows not at all, it leaves to people
		"delete my account please":      casefile.ForgetCommand,
		"forgetme":                      casefile.ForgetCommand,

		"hapus":               casefile.WipeCommand, // clears the phone; another thing
		"hapus chat":          casefile.WipeCommand,
		"delete":              casefile.WipeCommand,
		"delete my messages":  casefile.WipeCommand,
		"haps":                casefile.WipeCommand,
		"they forced me":      casefile.NoCommand,
		"saya lupa":           casefile.NoCommand,
		"jangan lupakan saya": casefile.NoCommand,
		"do not forget me":    casefile.NoCommand,
		"dont forget me":      casefile.NoCommand,

		// What is one letter or one word beside it.
		"lupakan saja":                    casefile.NoCommand, // never mind
		"lupain saja":                     casefile.NoCommand,
		"lupakan kamu":                    casefile.NoCommand,
		"lupakan saya pernah bilang":      casefile.NoCommand,
		"hapus data kamu":                 casefile.NoCommand,
		"hapus data sara":                 casefile.NoCommand,
		"hapus data penipu":               casefile.NoCommand,
		"hapus nama saja":                 casefile.NoCommand,
		"bisa hapus data penipu?":         casefile.NoCommand,
		"tolong jangan lupakan saya":      casefile.NoCommand,
		"jangan hapus data saya sekarang": casefile.NoCommand,
		"bos hapus data saya":             casefile.NoCommand,
		"don't forget me":                 casefile.NoCommand,
		"forget me not":                   casefile.NoCommand,
		"you forgot me":                   casefile.NoCommand,
		"did you forget me?":              casefile.NoCommand,
		"delete my date":                  casefile.NoCommand,
		"saya ingin dilupakan":            casefile.NoCommand, // may be said by somebody who wants to die
	} {
		for pending := range map[casefile.Key]bool{"": true, casefile.Country: true, casefile.DangerNow: true} {
			q, _ := casefile.QuestionOf(casefile.FlowVictim, pending)
			r := ear.Read(casefile.ID{}, casefile.KindText, casefile.Hide(text), casefile.Hearing{Pending: q})
			if r.Command != want {
				t.Errorf("%q at %q: command %q, want %q", text, pending, r.Command, want)
			}
			if want == casefile.ForgetCommand && r.HasDanger() {
				t.Errorf("%q: its please was heard as a cry", text)
			}
		}
	}
}

// TestAskingToBeForgottenHidesNoDanger: what is danger in the same message is heard.
func TestAskingToBeForgottenHidesNoDanger(t *testing.T) {
	t.Parallel()
	ear, err := New()
	if err != nil {
		t.Fatal(err)
	}
	r := ear.Read(casefile.ID{}, casefile.KindText, casefile.Hide("hapus data saya, saya disekap dan dipukuli"), casefile.Hearing{})
	if !r.HasDanger() {
		t.Error("the danger beside the request was not heard")
	}
}

// TestWhoPleadsNotToBeForgottenTakesNothingBack: "jangan lupakan saya" ends no
// conversation.
func TestWhoPleadsNotToBeForgottenTakesNothingBack(t *testing.T) {
	t.Parallel()
	ear, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"jangan lupakan saya": false, "tolong jgn lupakan saya kak": false, "jangan pernah lupakan kami": false, "keluarga lupakan saya": false,
		"lupakan saja": true, "lupakan saya pernah bilang": true, "tolong lupakan pesan tadi": true, "jangan dianggap, lupakan": true,
	} {
		if r := ear.Read(casefile.ID{}, casefile.KindText, casefile.Hide(text), casefile.Hearing{}); r.Retracts != want {
			t.Errorf("%q takes back: %v, want %v", text, r.Retracts, want)
		}
	}
}
