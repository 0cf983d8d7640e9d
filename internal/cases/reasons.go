package cases

import (
	"context"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// withReasons sets beside each change the reason that was written with it. A step about
// a link whose other case is not there for the reader is left out whole: that two
// reports belong together tells of both.
func (d *Desk) withReasons(ctx context.Context, tx *store.Tx, me access.Staff, caseID casefile.ID, events []Event) ([]Event, error) {
	changes := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Kind != EventChange })
	if len(changes) == 0 {
		return events, nil
	}
	earlier := func(a, b Event) int { return a.At.Compare(b.At) }
	steps, err := tx.StepsBetween(ctx, caseID, slices.MinFunc(changes, earlier).At, slices.MaxFunc(changes, earlier).At)
	if err != nil || len(steps) == 0 {
		return events, err
	}
	shown, err := d.linksIn(ctx, tx, me, caseID, steps)
	if err != nil {
		return nil, err
	}
	var out []Event
	for _, e := range events {
		i := slices.IndexFunc(steps, func(s store.Step) bool {
			return e.Kind == EventChange && s.Kind == e.What && s.At.Equal(e.At) && casefile.ByStaff(s.Staff) == e.Actor
		})
		if i >= 0 {
			if isLink(steps[i]) && !slices.Contains(shown, steps[i].About) {
				continue
			}
			e.Text = steps[i].Reason
			steps = slices.Delete(steps, i, i+1) // of one moment each has its own
		}
		out = append(out, e)
	}
	return out, nil
}

func isLink(s store.Step) bool { return strings.HasPrefix(s.Kind, "link.") }

// linksIn are the links that are shown to somebody, if steps speak of any.
func (d *Desk) linksIn(ctx context.Context, tx *store.Tx, me access.Staff, caseID casefile.ID, steps []store.Step) (ids []casefile.ID, err error) {
	if !slices.ContainsFunc(steps, isLink) {
		return nil, nil
	}
	linked, err := d.linked(ctx, tx, me, caseID)
	for _, l := range linked {
		ids = append(ids, l.ID)
	}
	return ids, err
}
