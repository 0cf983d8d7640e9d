package cases

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// aPicture is a small JPEG.
func aPicture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (p *person) refuses(err error, why Why) {
	p.Helper()
	var refused *Refused
	if !errors.As(err, &refused) || refused.Why != why {
		p.Errorf("%v, want it refused: %s", err, why)
	}
}

func TestAPictureIsShownWhenPressedAndThePressIsRecorded(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", fact(casefile.Freedom, "locked"))
	id := rina.Sends(casefile.KindPhoto, "ibu +628123456789.jpg", aPicture(t))
	v := rina.open()
	if len(v.Media) != 1 || v.Media[0].Look != "" || len(v.Media[0].Blur) == 0 || len(v.Media[0].SHA256) != 32 || !v.Media[0].Name.IsEmpty() {
		t.Fatalf("the page: %+v", v.Media)
	}
	shown, err := h.ShowPicture(t.Context(), h.budi, "AAA111", id)
	if err != nil || len(shown.JPEG) == 0 {
		t.Fatal(err)
	}
	if last := rina.actions(); last[len(last)-1] != "media.shown" {
		t.Errorf("the audit ends with %q", last)
	}
	pressed, err := h.Reveal(t.Context(), h.budi, "AAA111")
	if err != nil || !pressed.Media[0].Name.Is("ibu +628123456789.jpg") {
		t.Errorf("pressed: %v", err)
	}
}

func TestAnOriginalIsTakenWithAReasonThatStaysBesideIt(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", fact(casefile.Freedom, "locked"))
	voice := bytes.Repeat([]byte("OggS\x00"), 500_000) // several pieces
	id := rina.Sends(casefile.KindVoice, "", voice)
	_, err := h.ShowPicture(t.Context(), h.budi, "AAA111", id)
	rina.refuses(err, NoPicture)
	_, err = h.TakeOriginal(t.Context(), h.budi, "AAA111", id, " \n")
	rina.refuses(err, NoReason)
	taken, err := h.TakeOriginal(t.Context(), h.budi, "AAA111", id, "didengar bersama juru bahasa")
	if err != nil || !bytes.Equal(taken.Data, voice) {
		t.Fatalf("%d bytes of %d, %v", len(taken.Data), len(voice), err)
	}
	if got := rina.open().Media[0].Taken; len(got) != 1 || got[0].Staff != h.budi.ID || !got[0].Reason.Is("didengar bersama juru bahasa") {
		t.Errorf("beside it stands %v", got)
	}
}

func TestAnOriginalThatSomebodyChangedIsNotHandedOut(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", fact(casefile.Freedom, "locked"))
	paper := make([]byte, 3<<20)
	for i := range paper {
		paper[i] = byte(i >> 16)
	}
	id := rina.Sends(casefile.KindDocument, "", paper)
	db := h.SQL()
	for name, sql := range map[string]string{
		"two pieces changed places": `UPDATE media_chunks SET n = CASE n WHEN 0 THEN 12 ELSE 11 END WHERE n < 2`,
		"a piece is gone":           `DELETE FROM media_chunks WHERE n = (SELECT max(n) FROM media_chunks)`,
	} {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		if _, err := h.TakeOriginal(t.Context(), h.budi, "AAA111", id, "bukti"); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := rina.open().Media[0].Taken; len(got) != 0 {
		t.Error("it stands there that somebody took it")
	}
}

func TestWhatWasSentIsForThoseWhoReachTheCase(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", fact(casefile.Freedom, "locked"))
	other := h.writes("BBB222", "telegram", fact(casefile.Freedom, "locked"))
	id := rina.Sends(casefile.KindPhoto, "", aPicture(t))
	police := h.Member("poli", access.CaseWorker, func(s *store.Staff) { s.Agency = "police" })
	auditor := h.Member("ani", access.Auditor)
	if err := h.Exclude(t.Context(), h.siti, "AAA111", "police", "oknum"); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]struct {
		who  access.Staff
		ref  string
		want error
	}{
		"who is kept out":               {police, "AAA111", store.ErrNotFound},
		"whose role reads no case":      {auditor, "AAA111", access.ErrDenied},
		"who asks through another case": {h.budi, other.Ref, store.ErrNotFound},
		"who names no case":             {h.budi, "ZZZ999", store.ErrNotFound},
	} {
		_, shown := h.ShowPicture(t.Context(), try.who, try.ref, id)
		_, taken := h.TakeOriginal(t.Context(), try.who, try.ref, id, "bukti")
		again := h.FetchAgain(t.Context(), try.who, try.ref, id)
		for _, err := range []error{shown, taken, again} {
			if !errors.Is(err, try.want) {
				t.Errorf("%s: %v, want %v", name, err, try.want)
			}
		}
	}
}

func TestWhatNoTurnHasReadIsNotThereForOtherAgencies(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", fact(casefile.Freedom, "locked"))
	id := rina.Sends(casefile.KindPhoto, "", aPicture(t))
	ngo := h.Member("ngo", access.Supervisor, func(s *store.Staff) { s.Agency = "ngo:lsm" })
	sees := func() int {
		t.Helper()
		v, err := h.Open(t.Context(), ngo, "AAA111")
		if err != nil {
			t.Fatal(err)
		}
		return len(v.Media)
	}
	if sees() != 1 {
		t.Error("what a turn has read is not there for them")
	}
	if _, err := h.SQL().Exec(t.Context(), `UPDATE messages SET state = 'set_aside', turn = NULL WHERE kind = 'photo'`); err != nil {
		t.Fatal(err)
	}
	if sees() != 0 {
		t.Error("what no turn has read is there for another agency")
	}
	if _, err := h.ShowPicture(t.Context(), ngo, "AAA111", id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("and shown: %v", err)
	}
	if len(rina.open().Media) != 1 {
		t.Error("our own do not see it")
	}
}

func TestPicturesOfSexualViolenceAreNotEvenBlurred(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", fact(casefile.Freedom, "locked"))
	id := rina.Sends(casefile.KindPhoto, "", aPicture(t))
	rina.Says("dia memaksa saya", fact(casefile.Violence, "abused"))
	if m := rina.open().Media[0]; m.Blur != nil || m.Look != NeverShown {
		t.Errorf("%d bytes of a blur, %q", len(m.Blur), m.Look)
	}
	_, err := h.ShowPicture(t.Context(), h.siti, "AAA111", id)
	rina.refuses(err, NeverShown)
	if _, err := h.TakeOriginal(t.Context(), h.siti, "AAA111", id, "bukti untuk jaksa"); err != nil {
		t.Errorf("as evidence: %v", err)
	}
}

func TestAFileThatIsNotThereSaysSo(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", fact(casefile.Freedom, "locked"))
	later := rina.SendsInVain(casefile.KindPhoto, "http_500", h.Bed.Now().Add(time.Hour))
	never := rina.SendsInVain(casefile.KindPhoto, "too_large", time.Time{})
	for _, id := range []casefile.ID{later, never} {
		_, err := h.ShowPicture(t.Context(), h.budi, "AAA111", id)
		rina.refuses(err, NotThere)
		_, err = h.TakeOriginal(t.Context(), h.budi, "AAA111", id, "bukti")
		rina.refuses(err, NotThere)
	}
	if err := errors.Join(h.FetchAgain(t.Context(), h.budi, "AAA111", later), h.FetchAgain(t.Context(), h.budi, "AAA111", never)); err != nil {
		t.Fatal(err)
	}
	v := rina.open()
	if !v.Media[0].Due.After(h.Bed.Now()) || v.Media[1].State != store.MediumWaiting || v.Media[1].Due.After(h.Bed.Now()) {
		t.Errorf("the first is due %v, the second %s", v.Media[0].Due, v.Media[1].State)
	}
	mark, err := h.Mark(t.Context(), h.budi, "AAA111")
	if err != nil {
		t.Fatal(err)
	}
	rina.Sends(casefile.KindPhoto, "", aPicture(t))
	if now, _ := h.Mark(t.Context(), h.budi, "AAA111"); now == mark {
		t.Error("the page does not learn that a file came")
	}
}
