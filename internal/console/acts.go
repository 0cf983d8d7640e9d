package console

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// errBadForm says that a form was not one of ours.
var errBadForm = errors.New("form is not one of ours")

// notice is one sentence above a page: what was done, or what stands in the way.
type notice struct {
	Key  string      // below console.done or console.refused
	By   casefile.ID // the colleague it names
	Name string      // of the colleague
	N    int
	What string
	For  string // id of the field to mend
	Gate string
	Left string        // what was typed and stands in no field of the page
	Open []obstacleRow // what stands in the way, each with where to see to it
	Here bool          // it is about the answer, and stands at the composer
}

// The acts that a page may say were done.
var doneKeys = []string{"acknowledged", "taken", "taken_next", "replied", "held", "handed_back", "lowered", "closed", "noted", "excluded", "lifted", "fetch_again",
	"override_asked", "override_sent", "override_confirmed", "override_refused", "override_withdrawn", "answer_in",
	"assigned", "status", "snoozed", "woken", "danger_over", "tip", "reopened", "taken_back", "task_added", "task_changed", "person_added", "person_changed",
	"link_proposed", "link_decided", "consent_recorded", "consent_withdrawn", "referral_proposed", "referral_changed", "referral_approved"}

// What is told at the composer: these acts, when done, and what was refused of these fields.
var doneHere = []string{"taken", "replied", "held", "handed_back",
	"override_asked", "override_sent", "override_confirmed", "override_refused", "override_withdrawn"}
var refusedHere = []string{"composer", "text", "override-reason"}

// noticeOf reads what was done from the address, from a closed list.
func noticeOf(r *http.Request) *notice {
	done := r.URL.Query().Get("done")
	for _, key := range doneKeys {
		if key != done {
			continue
		}
		n, err := strconv.Atoi(r.URL.Query().Get("n"))
		if err != nil || n < 1 || n > cases.MostSegments {
			n = 1
		}
		return &notice{Key: key, N: n, Here: slices.Contains(doneHere, key)}
	}
	return nil
}

// wasDone is which of these acts the address says was done; empty: none of them.
func (v *visit) wasDone(acts []string) string {
	if done := v.r.URL.Query().Get("done"); slices.Contains(acts, done) {
		return done
	}
	return ""
}

// done goes back to the case, to where it says what was done. A reload does not do it
// again.
func (c *console) done(v *visit, key string, n int) error {
	query := url.Values{"done": {key}}
	if n > 1 {
		query.Set("n", strconv.Itoa(n))
	}
	http.Redirect(v.w, v.r, "/cases/"+url.PathEscape(v.r.PathValue("ref"))+"?"+query.Encode()+"#done", http.StatusSeeOther)
	return nil
}

// ended is how every act ends: done, refused with what was typed, or a problem.
func (c *console) ended(v *visit, err error, key, field string, typed form) error {
	var refused *cases.Refused
	switch {
	case err == nil:
		return c.done(v, key, 0)
	case errors.As(err, &refused):
		return c.refused(v, refused, field, typed)
	}
	return err
}

// refused shows the case again with the reason. What changed meanwhile is a 409,
// what was typed wrong a 422.
func (c *console) refused(v *visit, refused *cases.Refused, field string, typed form) error {
	status := http.StatusUnprocessableEntity
	switch refused.Why {
	case cases.Changed, cases.TakenByOther, cases.IsClosed, cases.NotTaken, cases.Unread, cases.Unanswered, cases.AlarmStands, cases.NothingWaits, cases.Damaged, cases.NotThere,
		cases.Turned, cases.Moved, cases.NotNeeded, cases.OverrideWaits, cases.OverrideOver, cases.SecondPerson, cases.Gone:
		status = http.StatusConflict
	}
	problem := &notice{Key: string(refused.Why), What: refused.What, By: refused.By, For: field, N: cmp.Or(refused.N, cases.MostSegments),
		Open: obstaclesOf(refused.Open), Here: slices.Contains(refusedHere, field)}
	if len(refused.Open) > 0 {
		status = http.StatusConflict
	}
	return c.fileWith(v, status, typed, problem)
}

// gone goes back to the queue: the case is not theirs to see any more.
func (c *console) gone(v *visit) error {
	http.Redirect(v.w, v.r, "/", http.StatusSeeOther)
	return nil
}

func (c *console) acknowledge(v *visit) error {
	_, err := c.Cases.Acknowledge(v.ctx(), v.staff.Staff, v.r.PathValue("ref"))
	return c.ended(v, err, "acknowledged", "", form{})
}

func (c *console) take(v *visit) error {
	var holder casefile.ID
	if text := v.r.PostFormValue("holder"); text != "" {
		var err error
		if holder, err = casefile.ParseID(text); err != nil {
			return errBadForm
		}
	}
	err := c.Cases.Take(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), holder, v.staff.Name.Reveal())
	return c.ended(v, err, "taken", "composer", form{})
}

func (c *console) handBack(v *visit) error {
	err := c.Cases.HandBack(v.ctx(), v.staff.Staff, v.r.PathValue("ref"))
	return c.ended(v, err, "handed_back", "composer", form{})
}

// reply sends what was typed. A text that travels as several SMS is shown with
// their number first, unless the page that sent it showed that number already.
func (c *console) reply(v *visit) error {
	typed := form{ID: v.r.PostFormValue("id"), Reply: v.r.PostFormValue("text")}
	id, err := casefile.ParseID(typed.ID)
	if err != nil {
		return errBadForm
	}
	in, err := conversationOf(v)
	if err != nil {
		return err
	}
	if v.r.PostFormValue("channel") == "segments" {
		shown, _ := strconv.Atoi(v.r.PostFormValue("parts")) // absent: not shown
		if n := cases.Segments(typed.Reply); n > 1 && n <= cases.MostSegments && n != shown {
			typed.Parts = n
			return c.fileWith(v, http.StatusOK, typed, &notice{Key: "several", N: n, For: "text", Here: true})
		}
	}
	sent, err := c.Cases.Reply(v.ctx(), v.staff.Staff, v.r.PathValue("ref"),
		cases.Said{ID: id, In: in, Text: typed.Reply, Shown: v.r.PostFormValue("shown")})
	switch {
	case err != nil:
		return c.ended(v, err, "", "text", typed)
	case sent.Held:
		return c.done(v, "held", sent.Letters)
	}
	return c.done(v, "replied", sent.Letters)
}

func (c *console) note(v *visit) error {
	typed := form{Note: v.r.PostFormValue("note")}
	err := c.Cases.Note(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), typed.Note)
	return c.ended(v, err, "noted", "note", typed)
}

func (c *console) version(v *visit) (int64, error) {
	version, err := strconv.ParseInt(v.r.PostFormValue("version"), 10, 64)
	if err != nil {
		return 0, errBadForm
	}
	return version, nil
}

func (c *console) lower(v *visit) error {
	version, err := c.version(v)
	to, ok := casefile.ParseUrgency(v.r.PostFormValue("to"))
	if err != nil || !ok {
		return errBadForm
	}
	err = c.Cases.Lower(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), version, to, v.r.PostFormValue("reason"))
	return c.ended(v, err, "lowered", "lower-reason", wrote(v, "lower"))
}

func (c *console) close(v *visit) error {
	version, err := c.version(v)
	if err != nil {
		return err
	}
	err = c.Cases.Close(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), version, v.r.PostFormValue("reason"))
	return c.ended(v, err, "closed", "close-reason", wrote(v, "close"))
}

// reveal shows what is covered on the page that answers this press, and on no other.
// The press is audited before it is shown.
func (c *console) reveal(v *visit) error {
	look, err := lookOf(v.r)
	if err != nil {
		return err
	}
	view, err := c.Cases.RevealAt(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), look)
	if err != nil {
		return err
	}
	typed := form{Reply: strings.TrimSpace(v.r.PostFormValue("text"))}
	return c.showFile(v, view, http.StatusOK, typed, nil)
}
