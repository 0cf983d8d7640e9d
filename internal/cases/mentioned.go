package cases

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/store"
)

// reference finds what may be the reference of a case: six letters and digits. Most are
// words; those that are none are not in the database.
var reference = regexp.MustCompile(`\b[A-HJ-KM-NP-Z2-9]{6}\b`)

// mostMentioned is how many references are offered.
const mostMentioned = 5

// mentioned finds references of other cases in what people wrote, on the stretch shown,
// as a help to whoever may link the two (rule 17): nothing is proposed or written by it,
// the person hears nothing of it, and a case that is not reached is none.
func (d *Desk) mentioned(ctx context.Context, tx *store.Tx, me access.Staff, v *View) ([]string, error) {
	if !me.May(access.LinkCases) {
		return nil, nil
	}
	var words []string
	for _, m := range v.Messages {
		if m.State == store.Taken || me.Agency == access.Own {
			words = append(words, reference.FindAllString(strings.ToUpper(m.Text.Reveal()), -1)...)
		}
	}
	if len(words) == 0 {
		return nil, nil
	}
	slices.Sort(words)
	refs, err := tx.RefsAmong(ctx, slices.Compact(words))
	if err != nil {
		return nil, err
	}
	var shown []string
	for _, ref := range refs {
		if ref == v.Case.Ref || len(shown) == mostMentioned || slices.ContainsFunc(v.Linked, func(l Linked) bool { return l.Case.Ref == ref }) {
			continue
		}
		verdict, err := d.weigh(ctx, tx, me, ref)
		if err != nil {
			return nil, err
		}
		if verdict == access.Reached {
			shown = append(shown, ref)
		}
	}
	return shown, nil
}
