package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

func staffAddressPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "staff_addresses", Column: "address", Row: id}
}

// FindStaff finds which of these addresses belong to staff who are not disabled, and
// says of each whether it is Unproven.
func (t *Tx) FindStaff(ctx context.Context, addresses []casefile.Address) (map[casefile.Address]Staff, error) {
	slots, err := slotsOf(t.keys, addresses)
	if err != nil {
		return nil, err
	}
	found := map[casefile.Address]Staff{}
	err = t.query(ctx, "find staff", func(rows pgx.Rows) error {
		var s Staff
		var name []byte
		var n int
		err := rows.Scan(append(s.into(&name), &n, &s.Unproven)...)
		if err != nil {
			return err
		}
		s.Name, err = t.keys.Own().OpenText(staffNamePlace(s.ID), name)
		found[addresses[n]] = s
		return err
	}, `
		SELECT`+staffColumns+`, w.n, a.proven_at IS NULL
		FROM unnest($1::text[], $2::bytea[], $3::int[]) AS w (channel, ix, n)
		JOIN staff_addresses a ON a.channel = w.channel AND a.address_index = w.ix
		JOIN staff s ON s.id = a.staff_id AND s.disabled_at IS NULL
		UNION ALL
		SELECT`+staffColumns+`, w.n, a.proven_at IS NULL
		FROM unnest($4::text[], $5::bytea[], $6::int[]) AS w (channel, ix, n)
		JOIN staff_addresses a ON a.channel = w.channel AND a.address_index_next = w.ix
		JOIN staff s ON s.id = a.staff_id AND s.disabled_at IS NULL`, slots.args()...)
	return found, err
}

// SetStaffAddress gives a member of staff an address that is known to be theirs, in
// place of the one they had on that channel. ErrConflict when it is somebody else's.
func (t *Tx) SetStaffAddress(ctx context.Context, staff casefile.ID, a casefile.Address, now time.Time) error {
	return t.putStaffAddress(ctx, staff, a, now, now)
}

// TypeStaffAddress is SetStaffAddress for an address that somebody typed, and that may
// be anybody's: it is Unproven until ProveStaffAddress.
func (t *Tx) TypeStaffAddress(ctx context.Context, staff casefile.ID, a casefile.Address, now time.Time) error {
	return t.putStaffAddress(ctx, staff, a, now, time.Time{})
}

// ProveStaffAddress notes that the address somebody has on a channel spoke as staff.
func (t *Tx) ProveStaffAddress(ctx context.Context, staff casefile.ID, channel casefile.ChannelName, now time.Time) error {
	_, err := t.exec(ctx, "prove staff address", `
		UPDATE staff_addresses SET proven_at = $3 WHERE staff_id = $1 AND channel = $2 AND proven_at IS NULL`, staff, string(channel), now)
	return err
}

func (t *Tx) putStaffAddress(ctx context.Context, staff casefile.ID, a casefile.Address, now, proven time.Time) error {
	if err := t.RemoveStaffAddress(ctx, staff, a.Channel); err != nil {
		return err
	}
	id := casefile.NewID(now)
	sealed, err := t.keys.Own().SealText(staffAddressPlace(id), a.ID)
	if err != nil {
		return err
	}
	ix, err := t.keys.AddressIndex(a)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "add staff address", `
		INSERT INTO staff_addresses (id, staff_id, channel, address_index, address_index_next, address_sealed, created_at, proven_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, staff, string(a.Channel), ix.Slots[0], ix.Slots[1], sealed, now, when(proven))
	return err
}

// RemoveStaffAddress takes away the address a member of staff has on a channel, if any.
func (t *Tx) RemoveStaffAddress(ctx context.Context, staff casefile.ID, channel casefile.ChannelName) error {
	_, err := t.exec(ctx, "remove staff address", `
		DELETE FROM staff_addresses WHERE staff_id = $1 AND channel = $2`, staff, string(channel))
	return err
}

// StaffAddresses reads where a member of staff is reached.
func (t *Tx) StaffAddresses(ctx context.Context, staff casefile.ID) ([]casefile.Address, error) {
	var found []casefile.Address
	err := t.query(ctx, "read staff addresses", func(rows pgx.Rows) error {
		var id casefile.ID
		var a casefile.Address
		var sealed []byte
		err := rows.Scan(&id, &a.Channel, &sealed)
		if err == nil {
			a.ID, err = t.keys.Own().OpenText(staffAddressPlace(id), sealed)
		}
		found = append(found, a)
		return err
	}, `
		SELECT a.id, a.channel, a.address_sealed FROM staff_addresses a
		WHERE a.staff_id = $1 ORDER BY a.created_at, a.channel`, staff)
	return found, err
}

// Contact is that alerts reach a member of staff on a channel; the address is not in
// it.
type Contact struct {
	Channel casefile.ChannelName
	Since   time.Time
	Failing bool // the last attempt found nobody
	Proven  bool // it spoke as staff
}

// StaffContacts reads on which channels each member of staff is reached, in the order
// the addresses were given.
func (t *Tx) StaffContacts(ctx context.Context) (map[casefile.ID][]Contact, error) {
	all := map[casefile.ID][]Contact{}
	err := t.query(ctx, "read contacts of staff", func(rows pgx.Rows) error {
		var staff casefile.ID
		var c Contact
		err := rows.Scan(&staff, &c.Channel, clock{&c.Since}, &c.Failing, &c.Proven)
		all[staff] = append(all[staff], c)
		return err
	}, `
		SELECT a.staff_id, a.channel, a.created_at, a.failed_at IS NOT NULL, a.proven_at IS NOT NULL
		FROM staff_addresses a ORDER BY a.staff_id, a.created_at, a.channel`)
	return all, err
}

// Reach is where one member of staff is reached on one channel, and in what
// language.
type Reach struct {
	Address casefile.Private
	Lang    casefile.Lang
}

// StaffReach reads it; ok is false when they have no address on that channel, or
// are disabled.
func (t *Tx) StaffReach(ctx context.Context, staff casefile.ID, channel casefile.ChannelName) (r Reach, ok bool, err error) {
	var id casefile.ID
	var sealed []byte
	err = t.row(ctx, "read staff address", `
		SELECT a.id, a.address_sealed, s.lang
		FROM staff_addresses a JOIN staff s ON s.id = a.staff_id
		WHERE a.staff_id = $1 AND a.channel = $2 AND s.disabled_at IS NULL`, []any{staff, string(channel)}, &id, &sealed, &r.Lang)
	if errors.Is(err, ErrNotFound) {
		return Reach{}, false, nil
	}
	if err != nil {
		return Reach{}, false, err
	}
	r.Address, err = t.keys.Own().OpenText(staffAddressPlace(id), sealed)
	return r, err == nil, err
}

// StaffAddressFailed notes that an address no longer reaches its owner, or (zero
// time) that it does again.
func (t *Tx) StaffAddressFailed(_ context.Context, staff casefile.ID, channel casefile.ChannelName, since time.Time) error {
	t.later("note failing staff address", anyRows, `
		UPDATE staff_addresses SET failed_at = $3 WHERE staff_id = $1 AND channel = $2`, staff, string(channel), when(since))
	return nil
}

const linkCodes = "link_code" // the kind of blind index that keeps link codes

// SetLinkCode gives a member of staff a one-time code that links an address.
func (t *Tx) SetLinkCode(ctx context.Context, staff casefile.ID, code casefile.Private, expires time.Time) error {
	ix, err := t.keys.BlindIndex(linkCodes, code)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, "set link code", `
		UPDATE staff SET link_code_hash = $2, link_code_expires = $3 WHERE id = $1 AND disabled_at IS NULL`, staff, ix.Current, expires)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// UseLinkCode spends a code and says whose it is. ErrNotFound when no such code is
// valid: wrong, used, or expired.
func (t *Tx) UseLinkCode(ctx context.Context, code casefile.Private, now time.Time) (casefile.ID, error) {
	ix, err := t.keys.BlindIndex(linkCodes, code)
	if err != nil {
		return casefile.ID{}, err
	}
	var staff casefile.ID
	err = t.row(ctx, "use link code", `
		UPDATE staff SET link_code_hash = NULL, link_code_expires = NULL
		WHERE link_code_hash = ANY($1) AND link_code_expires > $2 AND disabled_at IS NULL
		RETURNING id`, []any{ix.All, now}, &staff)
	return staff, err
}
