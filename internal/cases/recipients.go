package cases

import (
	"context"

	"pulang/internal/access"
	"pulang/internal/directory"
	"pulang/internal/store"
)

// Recipient is an agency that can be asked for help: an entry of the directory.
type Recipient struct {
	directory.Entry
	Usable bool // confirmed, and checked not long ago
}

// By is the agency as access knows it.
func (r Recipient) By() access.Agency { return access.Agency(r.Agency) }

// recipients are the entries of the directory, as they were last confirmed, or else as
// they stand. What was taken away is not among them.
func (d *Desk) recipients(ctx context.Context, tx *store.Tx) ([]Recipient, error) {
	all, err := d.directoryNow(ctx, tx)
	var found []Recipient
	for _, s := range all {
		if s.State() != directory.Withdrawn {
			found = append(found, Recipient{s.Now(), s.Usable(d.Now())})
		}
	}
	return found, err
}
