package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// talk is one conversation of a case.
type talk struct {
	N        int // its place in the case, from 1
	ID       string
	Channel  string
	LastIn   time.Time
	Shown    bool
	Answered bool   // staff answer in this one
	TakenBy  string // working name of who answers; empty: the line
	Gone     bool   // its key does not open any more
	Link     string
}

// lookOf reads which stretch of which conversation a page is asked for.
func lookOf(r *http.Request) (cases.Look, error) {
	var look cases.Look
	var err error
	if n := r.FormValue("conversation"); n != "" {
		if look.Conversation, err = strconv.Atoi(n); err != nil || look.Conversation < 1 {
			return cases.Look{}, errBadForm
		}
	}
	place, ok := cases.ParsePlace(r.FormValue("before"))
	if !ok {
		return cases.Look{}, errBadForm
	}
	look.Before = place
	return look, nil
}

// query is a look as a link carries it.
func query(conversation int, before string) string {
	values := url.Values{}
	if conversation > 0 {
		values.Set("conversation", strconv.Itoa(conversation))
	}
	if before != "" {
		values.Set("before", before)
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// talks sets which conversations there are, and which stretch of which is shown.
func (p *filePage) talks(v cases.View) {
	p.Talk, p.Place = v.Look.Conversation, v.Look.Before.String()
	if v.Older {
		p.Older = v.Thread.Place.String()
	}
	p.Other = v.Shown.ID != v.Lane.ID
	for i, c := range v.Conversations {
		t := talk{N: i + 1, ID: c.ID.String(), Channel: string(c.Channel), LastIn: c.LastIn, Shown: c.ID == v.Shown.ID,
			Answered: c.ID == v.Lane.ID, TakenBy: v.Names[c.TakenBy].Reveal(), Gone: c.Damaged || c.Forgotten}
		t.Link = "/cases/" + url.PathEscape(v.Case.Ref) + query(t.N, "")
		p.Talks = append(p.Talks, t)
		if !t.Answered && !t.Gone && c.LastIn.After(v.Lane.LastIn) && (p.Beside == nil || c.LastIn.After(p.Beside.LastIn)) {
			p.Beside = &t
		}
	}
}

// Query is the stretch shown, as links and the page itself carry it.
func (p filePage) Query() string { return query(p.Talk, p.Place) }

// Earlier leads to the stretch before the one shown; empty: there is none.
func (p filePage) Earlier() string {
	if p.Older == "" {
		return ""
	}
	return "/cases/" + url.PathEscape(p.Ref) + query(p.Talk, p.Older)
}

// Newest leads to the newest stretch of the conversation shown.
func (p filePage) Newest() string { return "/cases/" + url.PathEscape(p.Ref) + query(p.Talk, "") }

// Reading is the conversation shown.
func (p filePage) Reading() talk {
	for _, t := range p.Talks {
		if t.Shown {
			return t
		}
	}
	return talk{}
}

// answerIn makes another conversation of the case the one staff answer in.
func (c *console) answerIn(v *visit) error {
	version, err := c.version(v)
	if err != nil {
		return err
	}
	conversation, err := casefile.ParseID(v.r.PostFormValue("id"))
	if err != nil {
		return errBadForm
	}
	err = c.Cases.AnswerIn(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), version, conversation)
	return c.ended(v, err, "answer_in", "", form{})
}
