package console

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// composer is what stands around the field in which staff write to a person.
type composer struct {
	In       string // the conversation it is written for, handed back with what is sent
	Shown    string // what may be said now, likewise
	Heard    string // the person's last message, likewise
	Segments int    // as so many SMS what stands in the field would travel
	Typing   []string
	LapsesAt time.Time // zero: nobody waits
	LapsedAt time.Time
	TakesTwo bool
	Reason   string // typed; so is First
	First    string
	Shelves  []shelf
	Chosen   string
	Waiting  *waiting
	Ended    *endedWish
}

// shelf is the canned replies in one language.
type shelf struct {
	Lang    string
	Replies []canned
}

type canned struct{ Value, Title string }

// waiting is an override that a second person decides about.
type waiting struct {
	ID, By       string
	Mine         bool
	First        string
	Text, Reason string
	Until        time.Time
}

// endedWish is how one's own last wish to write all the same ended without being sent.
type endedWish struct {
	How string // key below console.override
	By  string // who refused it
	At  time.Time
}

// nameIn is the working name of somebody whom a page speaks of.
func nameIn(view cases.View, id casefile.ID) string { return view.Names[id].Reveal() }

// endedWishOf tells whoever asked that a colleague refused, or that nobody decided in
// time, until they ask again or the person writes.
func endedWishOf(view cases.View, me casefile.ID) *endedWish {
	var last *store.Override
	for i, o := range view.Answering.Overrides {
		if o.AskedBy == me && o.Conversation == view.Lane.ID && o.HeardAt.Equal(view.Lane.LastIn) {
			last = &view.Answering.Overrides[i]
		}
	}
	switch {
	case last == nil || last.Open(view.Lane.LastIn, view.Now) || view.Case.Closed:
		return nil
	case last.State == store.OverrideRefused:
		return &endedWish{"was_refused", nameIn(view, last.DecidedBy), last.DecidedAt}
	case (last.State == store.OverrideWaiting || last.State == store.OverrideLapsed) && !view.Now.Before(last.Until):
		return &endedWish{How: "was_late", At: last.Until}
	}
	return nil
}

// composerOf is the composer of a page. What was typed before and not sent stands in
// the form again.
func (c *console) composerOf(view cases.View, v *visit, typed *form) composer {
	a := view.Answering
	if typed.Reply == "" {
		typed.Reply = a.Reply.Reveal()
	}
	if typed.Note == "" {
		typed.Note = a.Note.Reveal()
	}
	typed.Kept = keptIn(a.Forms)
	if override := typed.Kept[string(cases.FormOverride)]; typed.Reason == "" {
		typed.Reason, typed.First = override["reason"], cmp.Or(typed.First, override["first"])
	}
	shown := composer{In: view.Lane.ID.String(), Shown: a.Shown, Heard: strconv.FormatInt(a.Heard.UnixMicro(), 10), LapsesAt: a.LapsesAt, LapsedAt: a.LapsedAt,
		TakesTwo: a.TakesTwo, Reason: typed.Reason, First: typed.First, Shelves: shelvesOf(a.Offers, string(view.Lane.Lang), v.words.Lang),
		Chosen: v.r.PostFormValue("canned")}
	if view.OneSegment {
		shown.Segments = cases.Segments(typed.Reply)
	}
	for _, id := range a.Typing {
		shown.Typing = append(shown.Typing, view.Names[id].Reveal())
	}
	if shown.Ended = endedWishOf(view, v.staff.ID); a.Waiting != nil {
		o := a.Waiting
		shown.Waiting = &waiting{ID: o.ID.String(), By: nameIn(view, o.AskedBy), Mine: o.AskedBy == v.staff.ID, First: o.First,
			Text: o.Text.Reveal(), Reason: o.Reason.Reveal(), Until: o.Until}
	}
	return shown
}

// shelvesOf orders canned replies by language: the person's first.
func shelvesOf(offers []cases.Offer, theirs, page string) (all []shelf) {
	var langs []string
	for _, o := range offers {
		for lang := range o.Bodies {
			langs = append(langs, lang)
		}
	}
	slices.Sort(langs)
	langs = slices.Compact(langs)
	slices.SortStableFunc(langs, func(a, b string) int {
		switch {
		case a == theirs && b != theirs:
			return -1
		case b == theirs && a != theirs:
			return 1
		}
		return 0
	})
	for _, lang := range langs {
		s := shelf{Lang: lang}
		for _, o := range offers {
			if o.Bodies[lang] != "" {
				s.Replies = append(s.Replies, canned{lang + "/" + o.Name, o.Titles[page]})
			}
		}
		all = append(all, s)
	}
	return all
}

// insertCanned puts a canned reply behind what was typed, and comes back to the field.
func (c *console) insertCanned(v *visit) error {
	lang, name, _ := strings.Cut(v.r.PostFormValue("canned"), "/")
	ref, typed := v.r.PathValue("ref"), c.typedReply(v)
	in, err := conversationOf(v)
	if err != nil {
		return err
	}
	_, err = c.Cases.Insert(v.ctx(), v.staff.Staff, ref, in, name, lang, typed.Reply, v.staff.Name.Reveal())
	if err != nil {
		return c.ended(v, err, "", "text", typed)
	}
	http.Redirect(v.w, v.r, "/cases/"+url.PathEscape(ref)+"#text", http.StatusSeeOther)
	return nil
}

// conversationOf is the conversation a form was written for; zero when it names none.
func conversationOf(v *visit) (id casefile.ID, err error) {
	if text := v.r.PostFormValue("in"); text != "" {
		if id, err = casefile.ParseID(text); err != nil {
			err = errBadForm
		}
	}
	return id, err
}

// typedReply is what stands in the form of the composer.
func (c *console) typedReply(v *visit) form {
	return form{ID: v.r.PostFormValue("id"), Reply: v.r.PostFormValue("text"), Reason: v.r.PostFormValue("reason"), First: v.r.PostFormValue("first")}
}

// askOverride asks to write where the contact policy says no.
func (c *console) askOverride(v *visit) error {
	typed := c.typedReply(v)
	id, err := casefile.ParseID(typed.ID)
	if err != nil {
		return errBadForm
	}
	in, err := conversationOf(v)
	if err != nil {
		return err
	}
	heard, err := strconv.ParseInt(v.r.PostFormValue("heard"), 10, 64)
	if err != nil {
		return errBadForm
	}
	waits, err := c.Cases.AskOverride(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), cases.Asking{ID: id, In: in, Text: typed.Reply,
		Reason: typed.Reason, First: typed.First, Heard: time.UnixMicro(heard).UTC()})
	var refused *cases.Refused
	field, key := "text", "override_sent"
	if errors.As(err, &refused) && refused.Why == cases.NoReason {
		field = "override-reason"
	}
	if waits {
		key = "override_asked"
	}
	return c.ended(v, err, key, field, typed)
}

// onOverride answers a press on an override that waits.
func (c *console) onOverride(v *visit, key string, act func(casefile.ID) error) error {
	id, err := casefile.ParseID(v.r.PathValue("id"))
	if err != nil {
		return store.ErrNotFound
	}
	return c.ended(v, act(id), key, "composer", form{})
}

func (c *console) confirmOverride(v *visit) error {
	return c.onOverride(v, "override_confirmed", func(id casefile.ID) error {
		return c.Cases.ConfirmOverride(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), id)
	})
}

func (c *console) refuseOverride(v *visit) error {
	return c.onOverride(v, "override_refused", func(id casefile.ID) error {
		return c.Cases.RefuseOverride(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), id)
	})
}

func (c *console) withdrawOverride(v *visit) error {
	return c.onOverride(v, "override_withdrawn", func(id casefile.ID) error {
		return c.Cases.WithdrawOverride(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), id)
	})
}
