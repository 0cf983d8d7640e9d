package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/escalation"
)

// filePage is a case as it is shown.
type filePage struct {
	Ref, Urgency, Country, Flow, Channel, Lang string
	Closed                                     bool
	Version                                    int64
	Now                                        bool // the person is writing now
	LastIn, OpenedAt                           time.Time
	Live                                       *live
	Alarms                                     []alarmRow
	Flags                                      []string

	Safety   safety
	Identity string // empty: covered
	Pressed  bool   // what is covered is shown, on this page only
	Walls    wallsPage
	Talks    []talk // the conversations of the case; one is shown
	Other    bool   // the one shown is not the one staff answer in
	Beside   *talk  // written in later than the one staff answer in; nil: none is
	Place    string // where the stretch shown begins; empty: it is the newest
	Talk     int    // which conversation was asked for; 0: none
	Older    string // where the stretch before it ends; empty: there is none
	Thread   []bubble
	Facts    []factRow
	Fired    []firedRow
	ILO      []int
	Palermo  palermoRow
	Notes    []noteRow
	Media    []mediaRow
	Timeline []eventRow
	Lower    []string // the urgencies it may be lowered to

	Originals bool // of what was sent, there is one to take

	TakenBy string // working name of who answers; empty: the line
	Holder  string // id of who answers
	Mine    bool   // this member of staff answers
	Form    form
	Notice  *notice
	// Composer is what stands around the reply.
	Composer composer
	// Job is how the case is worked on.
	Job     jobPage
	Problem *notice
	May     map[string]bool
	Mark    string // names what is shown
}

// Here reports whether what was done or refused is told at the composer.
func (p filePage) Here() bool {
	return !p.Other && (p.Notice != nil && p.Notice.Here || p.Problem != nil && p.Problem.Here)
}

// live is the escalation that is not over.
type live struct {
	State   string
	By      string
	Since   time.Time
	Expires time.Time
	Mine    bool
	Met     bool // staff answered since it began: it does not go on
}

// safety is the strip that comes first: may we write, on what, who reads it.
type safety struct {
	Verdict    string // send, hold, deny
	Reason     string // key below console.gate
	LeftMin    int    // minutes the answer window stays open
	Phone      string // key below console.phone
	NobodyAt   time.Time
	Recontact  string // a value of the dictionary; empty: only they write first
	OneSegment bool
	LastIn     time.Time
	Who        string // key below console.writer: what is known of who holds the phone
	Pressure   pressure
}

// pressure is whether it was seen, in any conversation of the case, that somebody else
// decides what is written.
type pressure struct {
	Seen  bool
	At    time.Time // zero: nobody knows when
	Words string
	Talk  int // the conversation; 0: the case has one
}

// form is what was typed, so that a refusal loses none of it.
type form struct {
	ID    string // names the reply: sent twice, said once
	Reply string
	Parts int // so many SMS, to be confirmed
	// Reason and First are of an override.
	Reason, First string

	Note string

	// In names one of the forms of the case, and Said is what was typed there.
	In   string
	Said map[string]string
	// Kept is what this member of staff typed into forms before, and has not sent.
	Kept map[string]map[string]string
}

func (c *console) file(v *visit) error {
	return c.fileWith(v, http.StatusOK, form{}, nil)
}

// fileWith shows the case with what was typed and what is wrong with it.
func (c *console) fileWith(v *visit, status int, typed form, problem *notice) error {
	look, err := lookOf(v.r)
	if err != nil {
		return err
	}
	view, err := c.Cases.OpenAt(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), look)
	if err != nil {
		return err
	}
	return c.showFile(v, view, status, typed, problem)
}

// showFile shows a case that was read, covered or not.
func (c *console) showFile(v *visit, view cases.View, status int, typed form, problem *notice) error {
	if !view.Case.Forgotten.IsZero() {
		return c.showForget(v, view, status, forgetPage{})
	}
	if typed.ID == "" {
		typed.ID = casefile.NewID(c.Now()).String()
	}
	page := pageOf(view, v.staff.ID)
	page.Composer = c.composerOf(view, v, &typed)
	page.Job = c.jobOf(view, v.staff.Staff, v.words.Lang)
	page.Form, page.Notice, page.Problem = typed, noticeOf(v.r), problem
	if problem != nil {
		problem.Name = view.Names[problem.By].Reveal()
	}
	for _, a := range view.Alarms {
		page.Alarms = append(page.Alarms, alarmRowOf(a, v))
	}
	page.May = mayOf(v)
	page.Identity = view.Shown.Address.Reveal() // empty, unless this is the audited press
	if problem != nil {
		var first strings.Builder
		if err := c.pages["file"].execute(&first, screenOf(v, page)); err != nil {
			return err
		}
		problem.Left = left(v.r, first.String())
	}
	withPictures(v.w)
	c.show(v, status, "file", page)
	return nil
}

// mayOf is what a member of staff may do, by the names of the permissions.
func mayOf(v *visit) map[string]bool {
	may := map[string]bool{}
	for _, row := range access.Table {
		may[string(row.Permission)] = v.staff.May(row.Permission)
	}
	return may
}

func pageOf(v cases.View, me casefile.ID) filePage {
	p := filePage{
		Ref: v.Case.Ref, Urgency: v.Case.Urgency.String(), Country: v.Case.Country, Flow: string(v.Case.Flow),
		Channel: string(v.Lane.Channel), Lang: string(v.Lane.Lang), Closed: v.Case.Closed, Version: v.Case.Version,
		Now: v.Writing, LastIn: v.Lane.LastIn, OpenedAt: v.Case.OpenedAt, Flags: v.Assessment.Flags,
		Safety: safetyOf(v), Thread: threadOf(v), Facts: factsOf(v), Fired: firedOf(v), ILO: v.Assessment.Indicators,
		Palermo: palermoOf(v.Assessment), Notes: notesOf(v), Media: mediaOf(v), Originals: keptOf(v), Timeline: rowsOf(v.Recent, v.Names),
		Pressed: v.Pressed, Walls: wallsOf(v, me),
		TakenBy: v.Names[v.Lane.TakenBy].Reveal(), Mine: v.Lane.TakenBy == me, Mark: short(v.Mark),
	}
	if !v.Lane.TakenBy.IsZero() {
		p.Holder = v.Lane.TakenBy.String()
	}
	for u := v.Case.Urgency - 1; u >= casefile.Low; u-- {
		p.Lower = append(p.Lower, u.String())
	}
	p.talks(v)
	if e, ok := v.Live(); ok {
		p.Live = &live{State: string(e.State), By: v.Names[e.AcknowledgedBy].Reveal(), Since: e.StartedAt,
			Expires: e.DueAt, Mine: e.AcknowledgedBy == me, Met: v.Answering.Met}
	}
	return p
}

// gateKeys name the gate's reasons among the texts of the console.
var gateKeys = map[string]string{
	casefile.ReasonOK: "ok", casefile.ReasonUnsafe: "unsafe", casefile.ReasonQuiet: "quiet", casefile.ReasonLate: "late",
	casefile.ReasonUnreachable: "unreachable", casefile.ReasonPolicy: "policy", casefile.ReasonWatched: "watched",
}

func safetyOf(v cases.View) safety {
	s := safety{Verdict: string(v.Verdict), Reason: gateKeys[v.Reason], Phone: "unknown", OneSegment: v.OneSegment, LastIn: v.Lane.LastIn}
	if v.Verdict == casefile.Send {
		s.LeftMin = max(1, int((casefile.AnswerWindow-v.Now.Sub(v.Lane.LastIn))/time.Minute))
	}
	session := v.Lane.Session
	latest, known := session.Facts.Latest(casefile.DeviceWatched)
	switch {
	case known && latest.Value.Is("nobody") && v.Watched:
		s.Phone, s.NobodyAt = "was_free", session.Nobody
	case known && latest.Value.Is("nobody"):
		s.Phone, s.NobodyAt = "free", session.Nobody
	case known && latest.Value.Is("borrowed"):
		s.Phone = "borrowed"
	case known && !latest.Value.IsEmpty():
		s.Phone = "watched"
	}
	s.Recontact = session.Policy(false, v.Now).Recontact
	s.Who, s.Pressure = writerOf(v), pressureOf(v)
	return s
}

func pressureOf(v cases.View) pressure {
	if len(v.Pressure) == 0 {
		return pressure{Seen: slices.Contains(v.Assessment.Flags, escalation.FlagCoercion)}
	}
	newest := v.Pressure[0]
	p := pressure{Seen: true, At: newest.At, Words: newest.Words.Reveal()}
	if len(v.Conversations) > 1 {
		p.Talk = newest.Talk
	}
	return p
}

// longQuiet is after how long without a word the phone may have changed hands.
const longQuiet = 24 * time.Hour

// writerOf says what is known of who writes. It is never sure: the same number is not
// the same person.
func writerOf(v cases.View) (key string) {
	session := v.Lane.Session
	if slices.Contains(v.Assessment.Flags, escalation.FlagCoercion) {
		return "pressed"
	}
	switch {
	case session.Stage == casefile.StageOpening:
		return "opening"
	case session.Facts.LatestIs(casefile.DeviceWatched, "borrowed"):
		return "borrowed"
	case v.Now.Sub(v.Lane.LastIn) > longQuiet:
		return "quiet"
	}
	return "same"
}

type palermoRow struct{ Line, Act, Means, Purpose string }

func palermoOf(a escalation.Assessment) palermoRow {
	if a.Palermo == "" {
		return palermoRow{Line: "not_enough", Act: "unknown", Means: "unknown", Purpose: "unknown"}
	}
	return palermoRow{string(a.Palermo), string(a.Act), string(a.Means), string(a.Purpose)}
}

type noteRow struct {
	Kind, By, Text string
	At             time.Time
}

// notesOf are the notes that say something.
func notesOf(v cases.View) []noteRow {
	var rows []noteRow
	for _, n := range v.Notes {
		if n.Text.IsEmpty() {
			continue
		}
		rows = append(rows, noteRow{Kind: string(n.Kind), By: v.Names[n.Staff].Reveal(), Text: n.Text.Reveal(), At: n.At})
	}
	return rows
}
