package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"image"
	"image/jpeg"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

// aPhoto is a JPEG with a comment, as a camera might write one.
func aPhoto(t *testing.T, comment string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 320, 240)), nil); err != nil {
		t.Fatal(err)
	}
	part := append([]byte{0xFF, 0xFE, 0, byte(len(comment) + 2)}, comment...)
	return bytes.Join([][]byte{out.Bytes()[:2], part, out.Bytes()[2:]}, nil)
}

var inlined = regexp.MustCompile(`src="data:(image/[a-z]+);base64,([^"]*)"`)

// pictures are the pictures inside a page, by their type.
func (a *answer) pictures() map[string][][]byte {
	a.Helper()
	found := map[string][][]byte{}
	for _, m := range inlined.FindAllStringSubmatch(strings.ReplaceAll(a.body, "&#43;", "+"), -1) {
		picture, err := base64.StdEncoding.DecodeString(m[2])
		if err != nil {
			a.Fatal(err)
		}
		found[m[1]] = append(found[m[1]], picture)
	}
	return found
}

func TestAPictureIsBlurredUntilPressedAndShownOnThatPageAlone(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	photo := aPhoto(t, "GPS 16.6891")
	id := rina.Sends(casefile.KindPhoto, "", photo).String()
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/cases/AAA111").is(http.StatusOK).shows("What was sent", "1. picture", "Show picture 1", "Original sealed. SHA-256")
	if !strings.Contains(page.header.Get("Content-Security-Policy"), "img-src 'self' data:;") {
		t.Error("the policy of the page lets it show no picture of its own")
	}
	blurred := page.pictures()
	if len(blurred["image/png"]) != 1 || len(blurred["image/jpeg"]) != 0 || len(blurred["image/png"][0]) > 400 {
		t.Errorf("the page of the case holds %d blurred and %d clear pictures", len(blurred["image/png"]), len(blurred["image/jpeg"]))
	}
	pressed := budi.posts("/cases/AAA111/media/"+id+"/show", nil).is(http.StatusOK).shows("It was recorded that you saw it")
	clear := pressed.pictures()["image/jpeg"]
	if len(clear) != 1 || bytes.Contains(clear[0], []byte("GPS")) {
		t.Fatalf("%d pictures are shown, or one with what the camera wrote", len(clear))
	}
	if config, err := jpeg.DecodeConfig(bytes.NewReader(clear[0])); err != nil || config.Width != 320 {
		t.Errorf("the picture is %d wide, %v", config.Width, err)
	}
	if pressed.header.Get("Cache-Control") != "no-store" {
		t.Error("a browser may keep the picture")
	}
	if again := budi.gets("/cases/AAA111").shows("Budi looked at a picture that was sent"); len(again.pictures()["image/jpeg"]) != 0 {
		t.Error("it is still shown on the next page")
	}
	budi.gets("/cases/AAA111/media/" + id + "/show").is(http.StatusMethodNotAllowed)
	if strings.Contains(h.log.String(), "GPS") {
		t.Error("the log holds what the camera wrote")
	}
}

func TestAnOriginalIsDownloadedWithAReasonAndNeverOpened(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	evil := []byte("<html><script>alert(1)</script> laporan")
	id := rina.Sends(casefile.KindDocument, `../x".html`, evil).String()
	budi := h.hires("budi", access.CaseWorker, "en").signsIn()
	budi.gets("/cases/AAA111").shows("1. another kind of file", "Download an original").hides("Show picture", ".html")
	refused := budi.posts("/cases/AAA111/original", url.Values{"medium": {id}, "reason": {"  "}}).is(http.StatusUnprocessableEntity)
	refused.shows("Write the reason")
	got := budi.posts("/cases/AAA111/original", url.Values{"medium": {id}, "reason": {"untuk penyidik"}}).is(http.StatusOK)
	if got.body != string(evil) {
		t.Error("the file is not as it was sent")
	}
	sum := sha256.Sum256(evil)
	for header, want := range map[string]string{
		"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Security-Policy": "sandbox; default-src 'none'",
		"Content-Disposition":     `attachment; filename="AAA111-` + id[:8] + `.bin"`,
		"Repr-Digest":             "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
	} {
		if got := got.header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	budi.gets("/cases/AAA111").shows("Budi · took the original", "untuk penyidik", "Budi downloaded the original", hex.EncodeToString(sum[:4]))
}

func TestAFileThatIsNotThereSaysWhyAndWhatToDo(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	rina.SendsInVain(casefile.KindPhoto, "http_502", h.Now().Add(5*time.Minute))
	id := rina.SendsInVain(casefile.KindVideo, "gone", time.Time{}).String()
	rina.SendsInVain(casefile.KindVideo, "too_large", time.Time{})
	budi := h.hires("budi", access.DutyOfficer, "id").signsIn()
	budi.gets("/cases/AAA111").shows("Belum bisa diambil. Sistem mencoba lagi pukul", "Layanan SMS sudah tidak menyimpannya", "Coba lagi kiriman 2", "Lebih besar dari 20 MB").hides("Unduh yang asli", "http_502", "kiriman 3")
	budi.posts("/cases/AAA111/media/"+id+"/show", nil).is(http.StatusConflict).shows("Kiriman ini belum diambil")
	to := budi.posts("/cases/AAA111/media/"+id+"/again", nil).is(http.StatusSeeOther).header.Get("Location")
	budi.gets(to).shows("Kiriman itu diambil sekali lagi", "Sedang diambil")
	for _, wrong := range []string{"x", casefile.ID{9}.String()} {
		budi.posts("/cases/AAA111/media/"+wrong+"/show", nil).is(http.StatusNotFound)
		budi.posts("/cases/AAA111/original", url.Values{"medium": {wrong}, "reason": {"x"}}).is(http.StatusNotFound)
	}
}

func TestSexualViolenceIsNotPictured(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked, answered(casefile.Violence, "abused"))
	id := rina.Sends(casefile.KindPhoto, "", aPhoto(t, "x")).String()
	boss := h.hires("boss", access.Supervisor, "en").signsIn()
	page := boss.gets("/cases/AAA111").shows("this report tells of sexual violence", "Download an original").hides("Show picture")
	if len(page.pictures()) != 0 {
		t.Error("there is a picture on the page")
	}
	if got := boss.posts("/cases/AAA111/media/"+id+"/show", nil).is(http.StatusUnprocessableEntity); len(got.pictures()) != 0 {
		t.Error("it is shown all the same")
	}
}
