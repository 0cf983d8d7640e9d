package cases

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/gsm7"
	"pulang/internal/store"
	"pulang/locales"
)

// What staff do about canned replies, as the audit calls it.
const (
	actionCannedProposed = "canned.proposed"
	actionCannedApproved = "canned.approved"
	actionCannedRefused  = "canned.refused"
	actionCannedRetired  = "canned.retired"
)

// The keys of the shipped canned replies among the texts: what is said, on any phone
// or on one that nobody else reads, and what staff choose it by.
const (
	cannedDisguised = "disguised.canned_"
	cannedPlain     = "all.canned_"
	cannedTitle     = "console.canned."
)

// Offer is a canned reply that may be put into the composer.
type Offer struct {
	Name      string
	Disguised bool
	Titles    map[string]string // by language of the page
	Bodies    map[string]string // by language of the person; {name} is who answers
	Shipped   bool              // ours, from the texts
}

// Mark changes with everything that is said in a canned reply.
func (o Offer) Mark() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %t %t %q %q", o.Name, o.Disguised, o.Shipped, o.Titles, o.Bodies)) // maps are printed in order
	return hex.EncodeToString(sum[:8])
}

// offers are the canned replies that fit a phone: on one that may be watched those
// that give nothing away.
func (d *Desk) offers(ctx context.Context, tx *store.Tx, lane store.Conversation, now time.Time) ([]Offer, error) {
	all, err := d.cannedNow(ctx, tx)
	if lane.Session.Watched(now) {
		all = slices.DeleteFunc(all, func(o Offer) bool { return !o.Disguised })
	}
	return all, err
}

// cannedNow are all canned replies that are offered: the shipped ones, and those of
// staff beside them or in their place.
func (d *Desk) cannedNow(ctx context.Context, tx *store.Tx) ([]Offer, error) {
	ours, err := tx.CannedNow(ctx)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(d.shipped(), func(o Offer) bool {
		return slices.ContainsFunc(ours, func(c store.Canned) bool { return c.Name == o.Name })
	})
	for _, c := range ours {
		if c.State == store.CannedApproved {
			offer := Offer{Name: c.Name, Disguised: c.Disguised, Titles: map[string]string{}, Bodies: map[string]string{}}
			for lang, text := range c.Texts {
				offer.Titles[lang], offer.Bodies[lang] = text.Title, text.Body
			}
			all = append(all, offer)
		}
	}
	slices.SortFunc(all, func(a, b Offer) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// shipped are the canned replies among our own texts.
func (d *Desk) shipped() (all []Offer) {
	for _, key := range d.Book.Keys() {
		name, disguised := strings.CutPrefix(key, cannedDisguised)
		if !disguised {
			plain := false
			if name, plain = strings.CutPrefix(key, cannedPlain); !plain {
				continue
			}
		}
		offer := Offer{Name: name, Disguised: disguised, Titles: map[string]string{}, Bodies: map[string]string{}, Shipped: true}
		for _, lang := range d.Book.Langs() {
			var errs [2]error
			offer.Titles[lang], errs[0] = d.Book.Text(lang, cannedTitle+name, nil)
			offer.Bodies[lang], errs[1] = d.Book.Text(lang, key, map[string]string{"name": nameHere})
			if errs != [2]error{} {
				delete(offer.Titles, lang) // a language that lacks it is not offered it; a test of locales names it
				delete(offer.Bodies, lang)
			}
		}
		all = append(all, offer)
	}
	return all
}

// nameHere stands in a canned reply where the working name of who answers goes.
const nameHere = "{name}"

// Insert puts a canned reply behind what was typed, under the working name of who
// answers, and keeps it all as a draft. Nothing is sent. in is the conversation it is
// written for, as Said.In.
func (d *Desk) Insert(ctx context.Context, who access.Staff, ref string, in casefile.ID, name, lang, typed, workingName string) (text string, err error) {
	err = d.inReach(ctx, who, access.Reply, ref, func(tx *store.Tx, me access.Staff) error {
		file, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		lane := answered(file)
		switch {
		case moved(in, lane.ID):
			return refuse(Moved)
		case lane.Damaged || lane.Forgotten:
			return refuse(Damaged)
		}
		offers, err := d.offers(ctx, tx, lane, d.Now())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(offers, func(o Offer) bool { return o.Name == name && o.Bodies[lang] != "" })
		if i < 0 {
			return refuse(NoSuchReply)
		}
		said := strings.ReplaceAll(offers[i].Bodies[lang], nameHere, shortName(workingName))
		text = strings.TrimSpace(strings.TrimSpace(typed) + "\n" + said)
		return keep(ctx, tx, store.Draft{Conversation: lane.ID, Staff: me.ID, Kind: store.ReplyDraft, TouchedAt: d.Now()}, text, lane, file)
	})
	return text, err
}

// CannedBook is what there is of canned replies.
type CannedBook struct {
	Offered []Offer        // what may be put into a composer now
	Written []store.Canned // what staff wrote, of every state, newest first of each name
	Names   Names
}

// Canned reads the canned replies, for those who may propose one.
func (d *Desk) Canned(ctx context.Context, who access.Staff) (book CannedBook, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := memberOf(ctx, tx, who, access.ProposeCanned); err != nil {
			return err
		}
		if book.Offered, err = d.cannedNow(ctx, tx); err != nil {
			return err
		}
		if book.Written, err = tx.CannedReplies(ctx); err != nil {
			return err
		}
		staff, err := tx.AllStaff(ctx)
		book.Names = namesOf(staff)
		return err
	})
	return book, err
}

var cannedName = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)

// longestTitle is how long the title of a canned reply may be.
const longestTitle = 60

// ProposeCanned proposes a canned reply, in every language. Under the name of one that
// is offered it would take its place. It is offered once somebody else approved it.
func (d *Desk) ProposeCanned(ctx context.Context, who access.Staff, name string, disguised bool, texts map[string]store.CannedText) (id casefile.ID, err error) {
	if !cannedName.MatchString(name) {
		return casefile.ID{}, &Refused{Why: Unfit, What: "name"}
	}
	for _, lang := range d.Book.Langs() {
		text := store.CannedText{Title: strings.TrimSpace(texts[lang].Title), Body: strings.TrimSpace(texts[lang].Body)}
		if what := unfit(text, disguised); what != "" {
			return casefile.ID{}, &Refused{Why: Unfit, What: lang + ": " + what}
		}
	}
	id = casefile.NewID(d.Now())
	return id, d.onCanned(ctx, who, access.ProposeCanned, actionCannedProposed, name, func(tx *store.Tx, me access.Staff) error {
		all, err := tx.CannedReplies(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(c store.Canned) bool { return c.Name == name && c.State == store.CannedProposed }) {
			return refuse(Changed) // another one of this name waits to be decided
		}
		mine := map[string]store.CannedText{}
		for _, lang := range d.Book.Langs() {
			mine[lang] = store.CannedText{Title: strings.TrimSpace(texts[lang].Title), Body: strings.TrimSpace(texts[lang].Body)}
		}
		return tx.AddCanned(ctx, store.Canned{ID: id, Name: name, Disguised: disguised, State: store.CannedProposed, Texts: mine,
			ProposedBy: me.ID, ProposedAt: d.Now()})
	})
}

// unfit says which rule a canned reply breaks; empty: none.
func unfit(text store.CannedText, disguised bool) string {
	body := strings.ReplaceAll(text.Body, nameHere, "N")
	check := locales.Lint
	if disguised {
		check = locales.LintDisguised
	}
	longest := strings.ReplaceAll(text.Body, nameHere, strings.Repeat("N", longestName))
	switch found := check(body); {
	case text.Title == "" || len(text.Title) > longestTitle:
		return "title"
	case text.Body == "":
		return "empty"
	case strings.ContainsAny(body, "{}"):
		return "{name}"
	case account.MatchString(body):
		return "29"
	case len(found) > 0:
		return found[0].Rule + ": " + found[0].Found
	case !gsm7.OneSegment(longest):
		return "1 SMS"
	}
	return ""
}

// ApproveCanned offers a proposal from now on, in place of the one of its name. Never
// by who proposed it.
func (d *Desk) ApproveCanned(ctx context.Context, who access.Staff, id casefile.ID) error {
	return d.decideCanned(ctx, who, id, store.CannedApproved, actionCannedApproved)
}

// RefuseCanned says no to a proposal.
func (d *Desk) RefuseCanned(ctx context.Context, who access.Staff, id casefile.ID) error {
	return d.decideCanned(ctx, who, id, store.CannedRefused, actionCannedRefused)
}

func (d *Desk) decideCanned(ctx context.Context, who access.Staff, id casefile.ID, state store.CannedState, action string) error {
	return d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ApproveCanned)
		if err != nil {
			return err
		}
		all, err := tx.CannedReplies(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(c store.Canned) bool { return c.ID == id })
		switch {
		case i < 0:
			return store.ErrNotFound
		case all[i].State != store.CannedProposed:
			return refuse(Changed)
		case state == store.CannedApproved && all[i].ProposedBy == me.ID:
			return refuse(SecondPerson)
		}
		if state == store.CannedApproved {
			if _, err := tx.RetireCanned(ctx, all[i].Name, me.ID, d.Now()); err != nil {
				return err
			}
		}
		if err := tx.DecideCanned(ctx, id, state, me.ID, d.Now()); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: d.Now(), Actor: me.Actor(), Action: action, Detail: casefile.Hide(all[i].Name)})
	})
}

// RetireCanned takes a reply away, also one of ours that is shipped: it is not offered
// any more, until another one of its name is approved. mark is of the one that was read.
func (d *Desk) RetireCanned(ctx context.Context, who access.Staff, name, mark string) error {
	return d.onCanned(ctx, who, access.ApproveCanned, actionCannedRetired, name, func(tx *store.Tx, me access.Staff) error {
		offered, err := d.cannedNow(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(offered, func(o Offer) bool { return o.Name == name })
		switch {
		case i < 0:
			return refuse(NoSuchReply)
		case offered[i].Mark() != mark:
			return refuse(Changed)
		case offered[i].Shipped:
			return tx.AddCanned(ctx, store.Canned{ID: casefile.NewID(d.Now()), Name: name, Disguised: offered[i].Disguised, State: store.CannedRetired,
				ProposedBy: me.ID, ProposedAt: d.Now(), DecidedBy: me.ID, DecidedAt: d.Now()})
		}
		_, err = tx.RetireCanned(ctx, name, me.ID, d.Now())
		return err
	})
}

// onCanned does something to a canned reply, and audits it.
func (d *Desk) onCanned(ctx context.Context, who access.Staff, need access.Permission, action, name string, work func(*store.Tx, access.Staff) error) error {
	return d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, need)
		if err != nil {
			return err
		}
		if err := work(tx, me); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: d.Now(), Actor: me.Actor(), Action: action, Detail: casefile.Hide(name)})
	})
}
