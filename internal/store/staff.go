package store

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// MainTeam is the team that cases and staff belong to unless somebody says otherwise.
const MainTeam = "main"

// Staff is a member of staff.
type Staff struct {
	ID            casefile.ID
	Login         string
	Name          casefile.Private // working name, shown to persons at a takeover
	Role          string           // duty_officer, case_worker, supervisor, administrator, auditor
	Team          string
	Languages     []string      // what they speak with persons
	Lang          casefile.Lang // what we speak with them
	OnDuty        bool
	DutyChangedAt time.Time
	Disabled      bool
	CreatedAt     time.Time
	Agency        access.Agency // who sends them; empty is our own
	Children      bool          // trained for children's cases
	Unproven      bool          // told by FindStaff alone: somebody typed this address, and it never spoke as staff
}

// As is the member of staff as access weighs them. Somebody disabled has no role.
func (s Staff) As() access.Staff {
	if s.Disabled {
		return access.Staff{ID: s.ID}
	}
	return access.Staff{ID: s.ID, Role: access.Role(s.Role), Team: s.Team, Agency: s.Agency, Children: s.Children, OnDuty: s.OnDuty}
}

func staffNamePlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "staff", Column: "name", Row: id}
}

const staffColumns = `
	s.id, s.login, s.name_sealed, s.role, s.team, s.languages, s.lang, s.on_duty, s.duty_changed_at, s.disabled_at IS NOT NULL, s.created_at, s.agency, s.children`

// into is where the columns of a member of staff go; openStaff opens the name.
func (s *Staff) into(name *[]byte) []any {
	return []any{&s.ID, &s.Login, name, &s.Role, &s.Team, &s.Languages, &s.Lang, &s.OnDuty, clock{&s.DutyChangedAt}, &s.Disabled, clock{&s.CreatedAt}, &s.Agency, &s.Children}
}

func (t *Tx) staff(ctx context.Context, op, sql string, args ...any) ([]Staff, error) {
	var found []Staff
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		var s Staff
		var name []byte
		err := rows.Scan(s.into(&name)...)
		if err == nil {
			s.Name, err = t.keys.Own().OpenText(staffNamePlace(s.ID), name)
		}
		found = append(found, s)
		return err
	}, sql, args...)
	return found, err
}

// AddStaff adds a member of staff. ErrConflict, at the next Flush, when the login
// is taken.
func (t *Tx) AddStaff(_ context.Context, s Staff) error {
	name, err := t.keys.Own().SealText(staffNamePlace(s.ID), s.Name)
	if err != nil {
		return err
	}
	t.later("add staff", 1, `
		INSERT INTO staff (id, login, name_sealed, role, team, languages, lang, created_at, agency, children)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.ID, s.Login, name, s.Role, s.Team, s.Languages, string(s.Lang), s.CreatedAt, string(cmp.Or(s.Agency, access.Own)), s.Children)
	return nil
}

// StaffByID reads a member of staff, also a disabled one.
func (t *Tx) StaffByID(ctx context.Context, id casefile.ID) (Staff, error) {
	return t.oneStaff(ctx, `SELECT`+staffColumns+` FROM staff s WHERE s.id = $1`, id)
}

// StaffByLogin reads a member of staff, also a disabled one.
func (t *Tx) StaffByLogin(ctx context.Context, login string) (Staff, error) {
	return t.oneStaff(ctx, `SELECT`+staffColumns+` FROM staff s WHERE s.login = $1`, login)
}

// LockStaff reads a member of staff, also a disabled one, and keeps others from
// changing them until the transaction ends.
func (t *Tx) LockStaff(ctx context.Context, login string) (Staff, error) {
	return t.oneStaff(ctx, `SELECT`+staffColumns+` FROM staff s WHERE s.login = $1 FOR UPDATE`, login)
}

func (t *Tx) oneStaff(ctx context.Context, sql string, arg any) (Staff, error) {
	found, err := t.staff(ctx, "read staff", sql, arg)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Staff{}, err
	}
	return found[0], nil
}

// AllStaff reads all staff, by login.
func (t *Tx) AllStaff(ctx context.Context) ([]Staff, error) {
	return t.staff(ctx, "list staff", `SELECT`+staffColumns+` FROM staff s ORDER BY s.login`)
}

// DisableStaff takes somebody off the line for good: off duty, no codes.
func (t *Tx) DisableStaff(ctx context.Context, id casefile.ID, now time.Time) error {
	n, err := t.exec(ctx, "disable staff", `
		UPDATE staff SET disabled_at = coalesce(disabled_at, $2), on_duty = false, link_code_hash = NULL, link_code_expires = NULL
		WHERE id = $1`, id, now)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// EnableStaff takes back somebody who was disabled, off duty. ErrNotFound when nobody
// of that id is.
func (t *Tx) EnableStaff(ctx context.Context, id casefile.ID) error {
	n, err := t.exec(ctx, "enable staff", `UPDATE staff SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL`, id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// SetRole says what somebody may do. ErrNotFound when there is nobody of that id.
func (t *Tx) SetRole(ctx context.Context, id casefile.ID, role string) error {
	n, err := t.exec(ctx, "set role", `UPDATE staff SET role = $2 WHERE id = $1`, id, role)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// SetDuty puts somebody on or off duty and reports whether that changed anything.
func (t *Tx) SetDuty(ctx context.Context, id casefile.ID, on bool, now time.Time) (changed bool, err error) {
	n, err := t.exec(ctx, "set duty", `
		UPDATE staff SET on_duty = $2, duty_changed_at = $3
		WHERE id = $1 AND on_duty <> $2 AND disabled_at IS NULL`, id, on, now)
	return n > 0, err
}

// Hearers says who is to hear an alert: everybody who fits one of its lines.
type Hearers struct {
	OnDuty      bool   // those on duty, and with
	Team        string // of this team (empty: any)
	Speaking    string // speaking this language (empty: any)
	Supervisors bool   // supervisors, also off duty
	Everybody   bool   // everybody, also off duty
	Besides     []casefile.ID
	Walls       access.Walls // and none of those the case is kept from
}

// Hearer is somebody who can hear an alert.
type Hearer struct {
	Staff   casefile.ID
	Working []casefile.ChannelName // where, in the order the addresses were given
	Failing []casefile.ChannelName // where the last attempt found nobody
}

// Hear finds those who are to hear an alert, each with their channels. Disabled
// staff, people without any address, and roles that may not open a case (they could
// stop the climbing and not answer) are not among them.
func (t *Tx) Hear(ctx context.Context, h Hearers) ([]Hearer, error) {
	var found []Hearer
	err := t.aside(ctx, "find who hears", func(rows pgx.Rows) error {
		var staff casefile.ID
		var channel casefile.ChannelName
		var agency access.Agency
		var failing bool
		if err := rows.Scan(&staff, &agency, &channel, &failing); err != nil {
			return err
		}
		if h.Walls.Keep(access.Staff{ID: staff, Agency: agency}) {
			return nil
		}
		if n := len(found); n == 0 || found[n-1].Staff != staff {
			found = append(found, Hearer{Staff: staff})
		}
		last := &found[len(found)-1]
		if failing {
			last.Failing = append(last.Failing, channel)
		} else {
			last.Working = append(last.Working, channel)
		}
		return nil
	}, `
		SELECT s.id, s.agency, a.channel, a.failed_at IS NOT NULL
		FROM staff s JOIN staff_addresses a ON a.staff_id = s.id
		WHERE s.disabled_at IS NULL AND s.role NOT IN ('administrator', 'auditor')
		  AND ($1 AND s.on_duty AND ($2 = '' OR s.team = $2) AND ($3 = '' OR $3 = ANY(s.languages))
		       OR $4 AND s.role = 'supervisor'
		       OR $5
		       OR s.id = ANY($6))
		ORDER BY s.id, a.created_at, a.channel`,
		h.OnDuty, h.Team, h.Speaking, h.Supervisors, h.Everybody, uuids(h.Besides))
	return found, err
}
