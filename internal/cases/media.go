package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/media"
	"pulang/internal/store"
)

// Why something that was sent is not shown.
const (
	NotThere   Why = "media_not_there"   // not fetched yet, or given up
	NoPicture  Why = "media_no_picture"  // no picture, or none that can be read
	NeverShown Why = "media_never_shown" // the report tells of sexual violence (rule 40)
)

// What staff do with what people sent, as the audit calls it.
const (
	actionShown         = "media.shown"
	actionOriginalTaken = "media.original_taken"
	actionFetchAgain    = "media.asked_again"
)

// Picture is a copy of a picture, drawn anew: nothing of what the camera wrote is in
// it. It is a JPEG.
type Picture struct {
	Medium Medium
	JPEG   []byte
}

// ShowPicture is a copy of a picture that somebody sent, because this member of staff
// pressed. The press is recorded before the picture is drawn. Where the report tells of
// sexual violence it is refused: such pictures are evidence, and not looked at here.
func (d *Desk) ShowPicture(ctx context.Context, who access.Staff, ref string, id casefile.ID) (Picture, error) {
	var shown Picture
	var original []byte
	err := d.medium(ctx, who, access.SeeMedia, ref, id, func(a *act, m store.Medium, view Medium) (err error) {
		if view.Look != "" {
			return refuse(view.Look)
		}
		shown.Medium = view
		if original, err = a.OriginalOf(ctx, m); err != nil {
			return err
		}
		return a.recordOf(ctx, actionShown, m)
	})
	if err != nil {
		return Picture{}, err
	}
	select {
	case d.drawing <- struct{}{}:
		defer func() { <-d.drawing }()
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
	shown.JPEG, err = media.Copy(original)
	if errors.Is(err, media.ErrNoPicture) || errors.Is(err, media.ErrTooLarge) {
		return Picture{}, refuse(NoPicture)
	}
	return shown, err
}

// Evidence is the original of a file, as it was sent.
type Evidence struct {
	Medium Medium
	Data   []byte
}

// TakeOriginal hands out the original of a file, with a reason. That it was taken, by
// whom and why stands beside it from then on, and in the audit.
func (d *Desk) TakeOriginal(ctx context.Context, who access.Staff, ref string, id casefile.ID, reason string) (Evidence, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return Evidence{}, refuse(NoReason)
	}
	var out Evidence
	err := d.medium(ctx, who, access.TakeMedia, ref, id, func(a *act, m store.Medium, view Medium) (err error) {
		if m.State != store.MediumKept {
			return refuse(NotThere)
		}
		out.Medium = view
		if out.Data, err = a.OriginalOf(ctx, m); err != nil {
			return err
		}
		if err := a.AddTaking(ctx, m, a.who.ID, casefile.Hide(reason), a.now); err != nil {
			return err
		}
		return a.recordOf(ctx, actionOriginalTaken, m)
	})
	if err != nil {
		return Evidence{}, err
	}
	d.Changed()
	return out, nil
}

// FetchAgain has a file fetched again that was given up. One that is on its way, or
// there, is fine.
func (d *Desk) FetchAgain(ctx context.Context, who access.Staff, ref string, id casefile.ID) error {
	err := d.medium(ctx, who, access.SeeMedia, ref, id, func(a *act, m store.Medium, _ Medium) error {
		again, err := a.RetryMedium(ctx, m.ID, a.now)
		if err != nil || !again {
			return err
		}
		return a.recordOf(ctx, actionFetchAgain, m)
	})
	if err == nil {
		d.Changed()
	}
	return err
}

// medium works on one file of a case that a member of staff reaches. One of another
// case, or one that they do not see, is store.ErrNotFound.
func (d *Desk) medium(ctx context.Context, who access.Staff, need access.Permission, ref string, id casefile.ID, work func(*act, store.Medium, Medium) error) error {
	return d.inReach(ctx, who, need, ref, func(tx *store.Tx, me access.Staff) error {
		file, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		is, err := assessmentOf(file.Case)
		if err != nil {
			return err
		}
		shown, rows, err := mediaOf(ctx, tx, file, is)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(shown, func(m Medium) bool { return m.ID == id })
		if i < 0 || !shown[i].seenBy(me) {
			return store.ErrNotFound
		}
		return work(&act{Tx: tx, who: me, file: file, now: d.Now()}, rows[i], shown[i])
	})
}

// recordOf audits what was done with a file, under the conversation it came in.
func (a *act) recordOf(ctx context.Context, action string, m store.Medium) error {
	if err := a.sent(ctx, action, casefile.ID{}); err != nil {
		return err
	}
	return a.Audit(ctx, store.Entry{At: a.now, Actor: a.who.Actor(), Action: action, Case: a.file.ID, Conversation: m.Conversation})
}
