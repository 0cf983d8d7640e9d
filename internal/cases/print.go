package cases

import (
	"context"

	"pulang/internal/access"
)

// PrintSize is how much of what was said a page for paper holds.
const PrintSize = 500

// Print reads a case for paper, covered. That it was made, by whom and when, is
// audited, and stands on the page.
func (d *Desk) Print(ctx context.Context, who access.Staff, ref string, look Look) (View, error) {
	look.Most = PrintSize
	return d.open(ctx, who, access.Print, ref, look, actionPrinted)
}

// PrintRevealed is Print with everything shown that the member of staff may see. The
// press is audited as well.
func (d *Desk) PrintRevealed(ctx context.Context, who access.Staff, ref string, look Look) (View, error) {
	if err := who.Check(access.Print); err != nil {
		return View{}, err
	}
	look.Most = PrintSize
	return d.open(ctx, who, access.RevealIdentity, ref, look, actionPrinted, actionRevealed)
}
