package stories

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/fakes"
	"pulang/internal/store"
)

// photo is a picture that says something nobody sees, as cameras do.
func photo(t *testing.T, secret string) []byte {
	t.Helper()
	var out bytes.Buffer
	check(t, jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 400, 300)), nil))
	comment := append([]byte{0xFF, 0xFE, 0, byte(len(secret) + 2)}, secret...)
	return bytes.Join([][]byte{out.Bytes()[:2], comment, out.Bytes()[2:]}, nil)
}

// sent is what the page of the only case shows of what people sent.
func (s *shift) sent() []cases.Medium {
	s.t.Helper()
	v, err := s.desk.Open(s.t.Context(), s.who, s.ref())
	check(s.t, err)
	return v.Media
}

func TestWhatPeopleSendIsFetchedAndKeptAsItWas(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says("tolong, saya disekap").Hears("1")
	budi.Hears("Balas OK").Acknowledges()
	picture, voice := photo(t, "GPS 16.6891"), []byte("OggS\x00tolong kami")
	h.telegram.File("photo-1", picture)
	h.telegram.File("voice-1", voice)
	h.telegram.File("kontrak", bytes.Repeat([]byte("%PDF-1.7 kontrak "), 200_000)) // 3.4 MB: several pieces
	chat := rina.set.(*fakes.TelegramPhone)
	chat.SendsPhoto("photo-1", "ini paspor")
	chat.SendsVoice("voice-1")
	chat.SendsDocument("kontrak", "kontrak Rina.pdf", "")
	h.Settle()
	desk := budi.Console()
	media := desk.sent()
	if len(media) != 3 {
		t.Fatalf("%d files, want 3", len(media))
	}
	for i, want := range [][]byte{picture, voice, bytes.Repeat([]byte("%PDF-1.7 kontrak "), 200_000)} {
		taken, err := desk.desk.TakeOriginal(t.Context(), desk.who, desk.ref(), media[i].ID, "untuk berkas")
		if err != nil || !bytes.Equal(taken.Data, want) {
			t.Errorf("file %d: %d bytes of %d, %v", i, len(taken.Data), len(want), err)
		}
	}
	shown, err := desk.desk.ShowPicture(t.Context(), desk.who, desk.ref(), media[0].ID)
	if err != nil || bytes.Contains(shown.JPEG, []byte("GPS")) || len(shown.JPEG) == 0 {
		t.Errorf("the copy: %d bytes, %v", len(shown.JPEG), err)
	}
	if n := h.count(`SELECT count(*) FROM audit WHERE action IN ('media.kept', 'media.shown', 'media.original_taken')`); n != 7 {
		t.Errorf("%d entries in the audit, want 3 of keeping, 3 of taking and 1 of looking", n)
	}
	if n := h.count(`SELECT count(*) FROM media_chunks`); n != 6 {
		t.Errorf("%d pieces", n)
	}
}

func TestAFileThatCannotBeFetchedHoldsUpNobodyAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	chat := rina.set.(*fakes.TelegramPhone)
	rina.Says("tolong, saya disekap").Hears("1")
	budi.Hears("Balas OK").Acknowledges()
	h.Settle()
	h.telegram.Fail(1, fakes.Fault{Method: "getFile", Status: 500})
	rina.mark = len(rina.set.Shows())
	chat.SendsPhoto("photo-1", "")
	h.telegram.File("photo-1", photo(t, ""))
	rina.Hears("") // answered, whatever becomes of the photo
	h.Settle()
	desk := budi.Console()
	if m := desk.sent()[0]; m.State != store.MediumWaiting || m.Reason != "http_500" || !m.Due.After(h.clock.Now()) {
		t.Fatalf("after a failure: %s (%s), due %v", m.State, m.Reason, m.Due)
	}
	h.Forward(time.Minute)
	h.Settle()
	if m := desk.sent()[0]; m.State != store.MediumKept || len(m.SHA256) != 32 {
		t.Errorf("after the next try: %s (%s)", m.State, m.Reason)
	}
	if logs := h.logs.String(); strings.Contains(logs, "photo-1") || strings.Contains(logs, h.telegram.Token()) {
		t.Error("the log tells which file, or the token")
	}
}

func TestAFileIsGivenUpAfterADayAndStaffCanAskForItAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	chat := rina.set.(*fakes.TelegramPhone)
	rina.Says("tolong, saya disekap").Hears("1")
	budi.Hears("Balas OK").Acknowledges()
	h.telegram.Fail(1000, fakes.Fault{Method: "getFile", Status: 502, Body: "<html>"})
	chat.SendsVoice("voice-1")
	h.Settle()
	for range 29 {
		h.Forward(time.Hour)
	}
	h.Settle()
	desk := budi.Console()
	media := desk.sent()
	if media[0].State != store.MediumFailed {
		t.Fatalf("after a day: %s (%s)", media[0].State, media[0].Reason)
	}
	h.telegram.Heal()
	check(t, desk.desk.FetchAgain(t.Context(), desk.who, desk.ref(), media[0].ID))
	h.Settle()
	if m := desk.sent()[0]; m.State != store.MediumKept {
		t.Errorf("asked for again: %s (%s)", m.State, m.Reason)
	}
}

func TestAFileThatIsTooLargeIsNotAskedFor(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("1")
	rina.set.(*fakes.TelegramPhone).SendsRaw(`{"update_id":{update_id},"message":{"message_id":70,"date":1772427600,"chat":{"id":1001,"type":"private"},
		"from":{"id":1001,"is_bot":false,"first_name":"R"},"video":{"file_id":"w","file_unique_id":"uw","width":1,"height":1,"duration":3,"file_size":5000000000}}}`)
	h.Settle()
	if n := h.count(`SELECT count(*) FROM media WHERE state = 'failed' AND reason = 'too_large'`); n != 1 {
		t.Errorf("%d files that are too large", n)
	}
	for _, c := range h.telegram.Calls() {
		if c.Method == "getFile" {
			t.Error("Telegram was asked for it")
		}
	}
}

func TestPicturesOfSexualViolenceAreShownToNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	ani := h.Staff("ani", staffing{role: "supervisor", chat: 9001})
	rina := h.Telegram("Rina", 1001)
	chat := rina.set.(*fakes.TelegramPhone)
	h.telegram.File("photo-1", photo(t, ""))
	rina.Says("tolong, saya disekap").Hears("1")
	chat.SendsPhoto("photo-1", "")
	h.Settle()
	desk := ani.Console()
	desk.who.Role = access.Supervisor
	if m := desk.sent()[0]; m.Blur == nil || m.Look != "" {
		t.Fatalf("before: %d bytes of a blur, %q", len(m.Blur), m.Look)
	}
	rina.Says("saya diperkosa bos")
	h.Settle()
	m := desk.sent()[0]
	if m.Blur != nil || m.Look != cases.NeverShown {
		t.Errorf("a picture of a report of sexual violence: %d bytes of a blur, %q", len(m.Blur), m.Look)
	}
	if _, err := desk.desk.ShowPicture(t.Context(), desk.who, desk.ref(), m.ID); err == nil || !strings.Contains(err.Error(), string(cases.NeverShown)) {
		t.Errorf("pressing: %v", err)
	}
	if n := h.count(`SELECT count(*) FROM audit WHERE action = 'media.shown'`); n != 0 {
		t.Error("the audit says that somebody saw it")
	}
}

func TestForgettingACaseForgetsWhatWasSent(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	h.telegram.File("photo-1", photo(t, ""))
	rina.Says("halo").Hears("1")
	rina.set.(*fakes.TelegramPhone).SendsPhoto("photo-1", "")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM media JOIN media_chunks c ON c.media_id = media.id WHERE state = 'kept'`); n != 1 {
		t.Fatalf("%d files kept; %s", n, h.table(`SELECT state, attempts, due_at FROM media`))
	}
	err := h.store.InTx(t.Context(), func(tx *store.Tx) error {
		var id casefile.ID
		check(t, h.db.QueryRow(t.Context(), `UPDATE cases SET status = 'closed', closed_at = $1 RETURNING id`, h.clock.Now()).Scan(&id))
		_, err := tx.ForgetCase(t.Context(), id, store.Forgetting{Why: store.ForgetDue, Actor: casefile.System("test"), At: h.clock.Now(), Echoes: h.clock.Now()})
		return err
	})
	check(t, err)
	if n := h.count(`SELECT (SELECT count(*) FROM media) + (SELECT count(*) FROM media_chunks) + (SELECT count(*) FROM media_taken)`); n != 0 {
		t.Errorf("%d rows are left of what was sent", n)
	}
}
