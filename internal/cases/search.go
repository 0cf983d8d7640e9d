package cases

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// What somebody looks for, as the audit calls it. What they typed is not kept: it may
// be a number.
const (
	soughtRef    = "reference"
	soughtNumber = "number"
)

var (
	// likeRef is how references and the codes of alerts look, once they are folded.
	likeRef = regexp.MustCompile(`^[A-Z0-9]{4,8}$`)
	// likeNumber is how numbers and chats look: digits, as people group them.
	likeNumber = regexp.MustCompile(`^[+\-]?[0-9(][0-9 ().\-/]{4,30}$`)
)

// Sought is what a search found.
type Sought struct {
	Refs []string // cases they reach, the newest first
	Ref  string   // what was typed, when it looks like a reference
}

// Search looks for a case by its reference, by the code of an alert, or by the exact
// number or chat of a person (through the blind index). It finds what they reach, and
// nothing else: for a case that is kept from them, one that is shut and none at all the
// answer is the same, and so is what the audit keeps of it.
func (d *Desk) Search(ctx context.Context, who access.Staff, typed string) (Sought, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return Sought{}, refuse(NothingToSay)
	}
	var found Sought
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		found = Sought{}
		me, err := memberOf(ctx, tx, who, access.RevealIdentity)
		if err != nil {
			return err
		}
		stands, what, err := d.sought(ctx, tx, me, typed)
		if err != nil {
			return err
		}
		if what == soughtRef {
			found.Ref = foldRef(typed)
		}
		return d.reachedOf(ctx, tx, me, stands, what, &found)
	})
	return found, err
}

// foldRef is a reference as it is stored, however it was read out or typed.
func foldRef(typed string) string {
	folded := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "", "#", "").Replace(typed))
	if !likeRef.MatchString(folded) {
		return ""
	}
	return folded
}

// sought finds cases, whoever may see them.
func (d *Desk) sought(ctx context.Context, tx *store.Tx, me access.Staff, typed string) (found []store.Stand, what string, err error) {
	if ref := foldRef(typed); ref != "" {
		if found, err = tx.StandOfRef(ctx, me.ID, ref); err != nil || len(found) > 0 {
			return found, soughtRef, err
		}
		ofCode, err := tx.CaseRefOfCode(ctx, ref)
		if err == nil {
			found, err = tx.StandOfRef(ctx, me.ID, ofCode)
			return found, soughtRef, err
		}
		if !errors.Is(err, store.ErrNotFound) || !likeNumber.MatchString(typed) {
			return nil, soughtRef, ignore(err, store.ErrNotFound)
		}
	}
	if !likeNumber.MatchString(typed) || d.Addresses == nil {
		return nil, soughtNumber, nil
	}
	addresses := d.Addresses(typed)
	if len(addresses) == 0 {
		return nil, soughtNumber, nil
	}
	ids, err := tx.CasesOfAddresses(ctx, addresses)
	if err != nil || len(ids) == 0 {
		return nil, soughtNumber, err
	}
	found, err = tx.StandsOf(ctx, me.ID, ids)
	return found, soughtNumber, err
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// reachedOf keeps what they reach, and audits the search.
func (d *Desk) reachedOf(ctx context.Context, tx *store.Tx, me access.Staff, stands []store.Stand, what string, found *Sought) error {
	now := d.Now()
	entry := store.Entry{At: now, Actor: me.Actor(), Action: actionSearched, Detail: casefile.Hide(what)}
	for _, s := range stands {
		file, err := fileOf(s)
		if err != nil {
			return err
		}
		if verdict, _ := access.Reach(me, file, now); verdict != access.Reached {
			continue
		}
		found.Refs = append(found.Refs, s.Ref)
		about := entry
		about.Case = s.ID
		if err := tx.Audit(ctx, about); err != nil {
			return err
		}
	}
	if len(found.Refs) > 0 {
		return nil
	}
	return tx.Audit(ctx, entry)
}
