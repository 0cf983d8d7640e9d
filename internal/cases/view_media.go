package cases

import (
	"context"
	"slices"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/media"
	"pulang/internal/store"
)

// Medium is one file that somebody sent, as a case page shows it: never the file.
type Medium struct {
	ID      casefile.ID
	Message casefile.ID // it came with
	Kind    casefile.MessageKind
	State   store.MediumState
	Reason  string    // our own word for why it is not there yet
	Due     time.Time // when it is fetched next
	Sent    time.Time
	Name    casefile.Private // what the sender calls it
	Type    string           // by its first bytes
	Size    int
	SHA256  []byte
	Blur    []byte // too small to recognise anybody; nil: there is none
	// Look says what a press would show; empty: a copy of the picture.
	Look   Why
	Taken  []store.Taking
	unread bool // no turn has read the message it came with
}

// media reads what people sent in the conversations of a case. It comes after the
// assessment: what is told of sexual violence is shown to nobody, not even blurred.
func (v *View) media(ctx context.Context, tx *store.Tx, file store.Folder) (err error) {
	v.Media, _, err = mediaOf(ctx, tx, file, v.Assessment)
	return err
}

// mediaOf reads what people sent in a case as a page shows it, and as it is stored, in
// the same order.
func mediaOf(ctx context.Context, tx *store.Tx, file store.Folder, is escalation.Assessment) (shown []Medium, rows []store.Medium, err error) {
	if rows, err = tx.CaseMedia(ctx, file); err != nil {
		return nil, nil, err
	}
	takings, err := tx.TakingsOf(ctx, rows)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range rows {
		out := Medium{ID: m.ID, Message: m.Message, Kind: m.Kind, State: m.State, Reason: m.Reason, Due: m.Due, Sent: m.Sent, Name: m.Name,
			Type: m.About.Type, Size: m.About.Size, SHA256: m.About.SHA256, Blur: m.Blur, Look: lookAt(m, is), unread: m.Read != store.Taken}
		if out.Look != "" {
			out.Blur = nil
		}
		for _, taken := range takings {
			if taken.Medium == m.ID {
				out.Taken = append(out.Taken, taken)
			}
		}
		shown = append(shown, out)
	}
	return shown, rows, nil
}

// lookAt says why a copy of a file is not shown; empty: it is, to whoever presses.
func lookAt(m store.Medium, is escalation.Assessment) Why {
	kind, _ := media.KindOf(m.About.Type)
	switch {
	case m.State != store.MediumKept:
		return NotThere
	case kind != media.Picture:
		return NoPicture
	case slices.Contains(is.Flags, escalation.FlagSexual):
		return NeverShown
	case m.Blur == nil:
		return NoPicture
	}
	return ""
}

// coverMedia takes out of a view what this member of staff does not see of what
// people sent.
func (v *View) coverMedia(me access.Staff) {
	v.Media = slices.DeleteFunc(v.Media, func(m Medium) bool { return !m.seenBy(me) })
	named := me.MaySee(access.FieldNames, v.Pressed) && me.MaySee(access.FieldDigits, v.Pressed)
	for i := range v.Media {
		if !me.May(access.SeeMedia) {
			v.Media[i].Blur = nil
		}
		if named {
			continue
		}
		v.Media[i].Name = casefile.Private{} // people call a file after somebody
		for j := range v.Media[i].Taken {
			v.Media[i].Taken[j].Reason = v.Media[i].Taken[j].Reason.Covered()
		}
	}
}

// seenBy reports whether somebody sees that a file is there: what no turn has read may
// name their agency.
func (m Medium) seenBy(me access.Staff) bool { return me.Agency == access.Own || !m.unread }
