package console

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/media"
	"pulang/internal/store"
)

// What people sent: blurred on the page of the case, a copy on the page that answers
// the press, the original as a download with a reason. Pictures travel inside the page:
// there is no address under which one could be fetched again, or kept by the browser.

// mediaRow is one file that somebody sent.
type mediaRow struct {
	ID     string
	N      int    // how staff call it: the first is 1
	Sort   string // key below console.media.sort: what the bytes say it is
	Ext    string // how its name would end
	Kind   string // the same, as people write it
	State  string // waiting, fetching, kept, failed
	Reason string // key below console.media.why
	Name   string
	Size   string
	SHA256 string // in groups of eight
	Blur   template.URL
	Look   string // why it is not shown; empty: it is, when pressed
	Tried  bool   // in vain, so far
	Due    time.Time
	Sent   time.Time
	Taken  []takenRow
}

// takenRow is that somebody took the original.
type takenRow struct {
	By, Reason string
	At         time.Time
}

// reasons are our words for why a file is not there that have a sentence of their own.
var reasons = map[string]string{"too_large": "too_large", "gone": "gone", "not_ours": "not_ours"}

func mediaOf(v cases.View) (rows []mediaRow) {
	for i, m := range v.Media {
		row := mediaRowOf(m, v.Names)
		row.N = i + 1
		rows = append(rows, row)
	}
	return rows
}

func mediaRowOf(m cases.Medium, names cases.Names) mediaRow {
	sort, ext := media.KindOf(m.Type)
	row := mediaRow{ID: m.ID.String(), Sort: string(sort), Ext: ext, Kind: strings.ToUpper(ext), State: string(m.State), Reason: "away", Name: m.Name.Reveal(),
		Size: sizeOf(m.Size), SHA256: grouped(m.SHA256), Blur: inPage("image/png", m.Blur), Look: string(m.Look),
		Tried: m.State == store.MediumWaiting && m.Reason != "", Due: m.Due, Sent: m.Sent}
	if known, ok := reasons[m.Reason]; ok {
		row.Reason = known
	}
	for _, t := range m.Taken {
		row.Taken = append(row.Taken, takenRow{names[t.Staff].Reveal(), t.Reason.Reveal(), t.At})
	}
	return row
}

// keptOf reports whether there is any original to take.
func keptOf(v cases.View) bool {
	return slices.ContainsFunc(v.Media, func(m cases.Medium) bool { return m.State == store.MediumKept })
}

// inPage is a picture of ours as a page holds it; nothing when there is none.
func inPage(mediaType string, picture []byte) template.URL {
	if len(picture) == 0 {
		return ""
	}
	// #nosec G203 -- a type of ours and base64: nothing of it was typed by anybody
	return template.URL("data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(picture))
}

// grouped is a hash as two people can compare it over the phone.
func grouped(sum []byte) string {
	text := hex.EncodeToString(sum)
	var groups []string
	for ; len(text) > 8; text = text[8:] {
		groups = append(groups, text[:8])
	}
	return strings.Join(append(groups, text), " ")
}

// sizeOf is a size in the units people know.
func sizeOf(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// withPictures lets this one page show the pictures that are inside it.
func withPictures(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "img-src 'self'", "img-src 'self' data:", 1))
}

// picturePage is one picture, because somebody pressed.
type picturePage struct {
	Ref   string
	Row   mediaRow
	Shown template.URL
	May   map[string]bool
}

// mediumOf reads which file is meant. What is no id is no file.
func mediumOf(text string) (casefile.ID, error) {
	id, err := casefile.ParseID(text)
	if err != nil {
		return id, store.ErrNotFound
	}
	return id, nil
}

// showPicture shows a copy of a picture on the page that answers this press, and on no
// other. The press is audited before it is drawn.
func (c *console) showPicture(v *visit) error {
	id, err := mediumOf(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	ref := v.r.PathValue("ref")
	shown, err := c.Cases.ShowPicture(v.ctx(), v.staff.Staff, ref, id)
	if err != nil {
		return c.ended(v, err, "", "media", form{})
	}
	withPictures(v.w)
	c.show(v, http.StatusOK, "picture", picturePage{Ref: ref, Row: mediaRowOf(shown.Medium, nil), Shown: inPage("image/jpeg", shown.JPEG)})
	return nil
}

// takeOriginal hands out a file as it was sent, never to be opened by the browser: its
// type and its name are ours.
func (c *console) takeOriginal(v *visit) error {
	id, err := mediumOf(v.r.PostFormValue("medium"))
	if err != nil {
		return err
	}
	ref := v.r.PathValue("ref")
	taken, err := c.Cases.TakeOriginal(v.ctx(), v.staff.Staff, ref, id, v.r.PostFormValue("reason"))
	if err != nil {
		return c.ended(v, err, "", "original-reason", wrote(v, "original"))
	}
	_, ext := media.KindOf(taken.Medium.Type)
	h := v.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.%s"`, ref, id.String()[:8], ext))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(taken.Medium.SHA256)+":")
	h.Set("Content-Length", fmt.Sprint(len(taken.Data)))
	c.handOver(v, taken.Data)
	return nil
}

// handOverWithin is how long a slow line may take for the largest file.
const handOverWithin = 10 * time.Minute

// handOver writes a file. The server's limit is for pages; this has its own.
func (c *console) handOver(v *visit, data []byte) {
	stream := http.NewResponseController(v.w)
	_ = stream.SetWriteDeadline(time.Time{})
	late := time.AfterFunc(handOverWithin, func() { _ = stream.SetWriteDeadline(time.Unix(1, 0)) })
	defer late.Stop()
	_, _ = v.w.Write(data)
}

// fetchAgain has a file fetched again that was given up.
func (c *console) fetchAgain(v *visit) error {
	id, err := mediumOf(v.r.PathValue("id"))
	if err == nil {
		err = c.Cases.FetchAgain(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), id)
	}
	return c.ended(v, err, "fetch_again", "", form{})
}
