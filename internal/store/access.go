package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// WallKind says how somebody came to be kept from a case, or to be let in again.
type WallKind string

// The kinds of wall. The last one about somebody counts.
const (
	WallHeard    WallKind = "heard"    // the report names their agency
	WallExcluded WallKind = "excluded" // a member of staff keeps them out
	WallLifted   WallKind = "lifted"   // a member of staff lets them in
)

// staffSubject begins a subject that is a member of staff and no agency.
const staffSubject = "staff:"

// StaffSubject is a member of staff as the subject of a wall.
func StaffSubject(id casefile.ID) string { return staffSubject + id.String() }

// Wall is one line of whom a report is kept from.
type Wall struct {
	ID           casefile.ID
	Conversation casefile.ID // its key seals whom and why
	Kind         WallKind
	Subject      string           // an agency, access.Official, or StaffSubject; empty when it does not open
	Reason       casefile.Private // of a member of staff; empty when heard
	Staff        casefile.ID      // who did it; zero when heard
	At           time.Time
}

func wallPlace(column string, id casefile.ID) seal.Place {
	return seal.Place{Table: "walls", Column: column, Row: id}
}

// AddWall writes a wall, sealed under the key of its conversation.
func (t *Tx) AddWall(_ context.Context, w Wall, key seal.Key) error {
	subject, err := key.Seal(wallPlace("subject", w.ID), []byte(w.Subject))
	if err != nil {
		return err
	}
	reason, err := key.SealText(wallPlace("reason", w.ID), w.Reason)
	if err != nil {
		return err
	}
	t.later("add wall", 1, `
		INSERT INTO walls (id, conversation_id, kind, subject_sealed, reason_sealed, staff_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		w.ID, w.Conversation, string(w.Kind), subject, reason, w.Staff, w.At)
	return nil
}

// wallHeard writes the wall that a fact stands for: no report names an agency
// without being kept from it in the same commit.
func (t *Tx) wallHeard(ctx context.Context, c Conversation, f casefile.Fact) error {
	entry, _ := casefile.Lookup(casefile.NamedAgency)
	i := slices.IndexFunc(entry.Values, f.Value.Is)
	if f.Key != casefile.NamedAgency || i < 0 {
		return nil
	}
	return t.AddWall(ctx, Wall{ID: casefile.NewID(f.At), Conversation: c.ID, Kind: WallHeard, Subject: entry.Values[i], At: f.At}, c.Key)
}

// Walls reads the walls of cases, oldest first.
func (t *Tx) Walls(ctx context.Context, cases ...casefile.ID) (map[casefile.ID][]Wall, error) {
	return t.walls(ctx, "read walls", `cc.case_id = ANY($1)`, uuids(cases))
}

// WallsOf is whom one case is kept from.
func (t *Tx) WallsOf(ctx context.Context, caseID casefile.ID) (access.Walls, error) {
	if t.waits(linkCase, caseID) { // it is what finds them
		if err := t.Flush(ctx); err != nil {
			return access.Walls{}, err
		}
	}
	found, err := t.Walls(ctx, caseID)
	return Standing(found[caseID]), err
}

// KeptFrom lists the cases that are kept from a member of staff, whatever their role.
// openOnly leaves out the closed ones.
func (t *Tx) KeptFrom(ctx context.Context, who access.Staff, openOnly bool) ([]casefile.ID, error) {
	where := `($1 OR k.status = 'open')`
	if who.Agency == access.Own { // what is heard never keeps out our own, and these are most rows
		where = `w.kind <> 'heard' AND ` + where
	}
	found, err := t.walls(ctx, "read walls against staff", where, !openOnly)
	kept := []casefile.ID{}
	for id, walls := range found {
		if Standing(walls).Keep(who) {
			kept = append(kept, id)
		}
	}
	return kept, err
}

func (t *Tx) walls(ctx context.Context, op, where string, args ...any) (map[casefile.ID][]Wall, error) {
	found := map[casefile.ID][]Wall{}
	keys := map[casefile.ID]seal.Key{}
	err := t.aside(ctx, op, func(rows pgx.Rows) error {
		var w Wall
		var caseID casefile.ID
		var subject, reason, wrapped []byte
		err := rows.Scan(&caseID, &w.ID, &w.Conversation, &w.Kind, &subject, &reason, &w.Staff, clock{&w.At}, &wrapped)
		if err != nil {
			return err
		}
		key, known := keys[w.Conversation]
		if !known {
			key, _ = t.keys.Unwrap(w.Conversation, wrapped) // one that does not open, opens nothing
			keys[w.Conversation] = key
		}
		if plain, err := key.Open(wallPlace("subject", w.ID), subject); err == nil {
			w.Subject = string(plain)
			w.Reason, _ = key.OpenText(wallPlace("reason", w.ID), reason) // shown beside it, nothing hangs on it
		}
		found[caseID] = append(found[caseID], w)
		return nil
	}, `
		SELECT cc.case_id, w.id, w.conversation_id, w.kind, w.subject_sealed, w.reason_sealed, w.staff_id, w.at, c.wrapped_key
		FROM walls w
		JOIN conversations c ON c.id = w.conversation_id
		JOIN case_conversations cc ON cc.conversation_id = c.id
		JOIN cases k ON k.id = cc.case_id
		WHERE `+where+`
		ORDER BY w.seq`, args...)
	return found, err
}

// Standing is what walls come to: of each subject the last one counts. One that does
// not open keeps out everybody it may be about.
func Standing(walls []Wall) access.Walls {
	out := map[string]bool{}
	var order []string
	var a access.Walls
	for _, w := range walls {
		if w.Subject == "" {
			a.Unreadable = true
			continue
		}
		if _, known := out[w.Subject]; !known {
			order = append(order, w.Subject)
		}
		out[w.Subject] = w.Kind != WallLifted
	}
	for _, subject := range order {
		text, isStaff := strings.CutPrefix(subject, staffSubject)
		id, err := casefile.ParseID(text)
		switch {
		case !out[subject]:
		case isStaff && err == nil:
			a.Staff = append(a.Staff, id)
		default:
			a.Named = append(a.Named, subject)
		}
	}
	return a
}

// Stand is what is weighed of a case to know who reaches it, without reading it.
type Stand struct {
	ID         casefile.ID
	Ref        string
	Urgency    casefile.Urgency
	Version    int64       // only of Glances
	File       access.File // Child only of the people of a group; of the report it is in the assessment
	Assessment []byte      // what escalation encoded, opened; nil when there is none, or it does not open
}

// StandOfRef weighs one case; an empty list when there is none.
func (t *Tx) StandOfRef(ctx context.Context, staff casefile.ID, ref string) ([]Stand, error) {
	return t.stands(ctx, "weigh case", staff, `k.ref = $2`, ref)
}

// StandsOf weighs cases.
func (t *Tx) StandsOf(ctx context.Context, staff casefile.ID, cases []casefile.ID) ([]Stand, error) {
	if len(cases) == 0 {
		return nil, nil
	}
	return t.stands(ctx, "weigh cases", staff, `k.id = ANY($2)`, uuids(cases))
}

func (t *Tx) stands(ctx context.Context, op string, staff casefile.ID, where string, arg any) ([]Stand, error) {
	var found []Stand
	var ids []casefile.ID
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		var s Stand
		var urgency string
		var assessment, group []byte
		var lanes []casefile.ID
		var wrapped [][]byte
		err := rows.Scan(&s.ID, &s.Ref, &urgency, &s.File.Team, clock{&s.File.ClosedAt}, &s.File.Climbing, &s.File.Needed,
			clock{&s.File.Glass}, &assessment, &group, &lanes, &wrapped)
		s.Urgency, _ = casefile.ParseUrgency(urgency) // the schema allows no other word
		for i := 0; err == nil && i < len(lanes); i++ {
			t.openStand(&s, assessment, group, lanes[i], wrapped[i])
		}
		found, ids = append(found, s), append(ids, s.ID)
		return err
	}, `
		SELECT k.id, k.ref, k.urgency, k.team, k.closed_at,
			EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = k.id AND e.state = 'climbing'),
			EXISTS (SELECT 1 FROM escalations e JOIN alerts a ON a.escalation_id = e.id WHERE e.case_id = k.id AND a.staff_id = $1)
				OR EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = k.id AND e.acknowledged_by = $1)
				OR EXISTS (SELECT 1 FROM case_notes n WHERE n.case_id = k.id AND n.staff_id = $1 AND n.kind = 'taken')
				OR EXISTS (SELECT 1 FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id
				           WHERE cc.case_id = k.id AND c.taken_by = $1)
				OR coalesce(k.assigned_to = $1, false)
				OR EXISTS (SELECT 1 FROM tasks w WHERE w.case_id = k.id AND w.staff_id = $1 AND w.state = 'open'),
			(SELECT max(g.until) FROM glass g WHERE g.case_id = k.id AND g.staff_id = $1),
			k.assessment_sealed, k.group_sealed,
			ARRAY(SELECT c.id FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id WHERE cc.case_id = k.id ORDER BY c.id),
			ARRAY(SELECT c.wrapped_key FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id WHERE cc.case_id = k.id ORDER BY c.id)
		FROM cases k WHERE `+where, staff, arg)
	if err != nil {
		return nil, err
	}
	walls, err := t.Walls(ctx, ids...)
	for i := range found {
		found[i].File.Walls = Standing(walls[found[i].ID])
	}
	return found, err
}

// openStand opens what is weighed of a case with the key of one of its conversations.
// Where that key did not seal it, the next one may have.
func (t *Tx) openStand(s *Stand, assessment, group []byte, lane casefile.ID, wrapped []byte) {
	if (s.Assessment != nil || assessment == nil) && (s.File.Child || group == nil) {
		return
	}
	key, err := t.keys.Unwrap(lane, wrapped)
	if err != nil {
		return
	}
	if s.Assessment == nil {
		s.Assessment, _ = key.Open(assessmentPlace(s.ID), assessment)
	}
	s.File.Child = s.File.Child || childInGroup(key, s.ID, group)
}

// Glass is that somebody opened a case they do not reach.
type Glass struct {
	Case         casefile.ID
	Conversation casefile.ID // its key seals the reason
	Staff        casefile.ID
	Reason       casefile.Private
	At, Until    time.Time
}

func glassPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "glass", Column: "reason", Row: id}
}

// BreakGlass writes it down, and the case is open to them until Until.
func (t *Tx) BreakGlass(_ context.Context, g Glass, key seal.Key) error {
	id := casefile.NewID(g.At)
	reason, err := key.SealText(glassPlace(id), g.Reason)
	if err != nil {
		return err
	}
	t.later("break glass", 1, `
		INSERT INTO glass (id, case_id, conversation_id, staff_id, reason_sealed, at, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, g.Case, g.Conversation, g.Staff, reason, g.At, g.Until)
	return nil
}

// BrokenGlass reads who opened a case all the same, and why, oldest first.
func (t *Tx) BrokenGlass(ctx context.Context, f Folder) ([]Glass, error) {
	keys := map[casefile.ID]seal.Key{}
	for _, c := range f.Conversations {
		keys[c.ID] = c.Key
	}
	var found []Glass
	err := t.query(ctx, "read broken glass", func(rows pgx.Rows) error {
		g := Glass{Case: f.ID}
		var id casefile.ID
		var sealed []byte
		err := rows.Scan(&id, &g.Conversation, &g.Staff, &sealed, clock{&g.At}, clock{&g.Until})
		if err == nil {
			g.Reason, _ = keys[g.Conversation].OpenText(glassPlace(id), sealed) // a forgotten one keeps who and when
		}
		found = append(found, g)
		return err
	}, `
		SELECT id, conversation_id, staff_id, reason_sealed, at, until FROM glass WHERE case_id = $1 ORDER BY at, id`, f.ID)
	return found, err
}

// PlaceStaff says where a member of staff belongs: the team, who sends them, and
// whether they are trained for children. ErrNotFound when there is nobody of that id.
func (t *Tx) PlaceStaff(ctx context.Context, staff casefile.ID, team string, agency access.Agency, children bool) error {
	n, err := t.exec(ctx, "place staff", `
		UPDATE staff SET team = $2, agency = $3, children = $4 WHERE id = $1`, staff, team, string(agency), children)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// DropAlertsTo takes the alerts of an escalation to some members of staff out of the
// outbox: what it is about is kept from them.
func (t *Tx) DropAlertsTo(_ context.Context, caseID casefile.ID, staff []casefile.ID, now time.Time) error {
	t.later("drop alerts to staff", anyRows, `
		UPDATE outbox SET state = 'dropped', reason = 'not theirs', settled_at = $3
		WHERE escalation_id IN (SELECT e.id FROM escalations e WHERE e.case_id = $1)
		  AND staff_id = ANY($2) AND purpose = 'alert' AND state IN ('queued', 'unknown')`, caseID, uuids(staff), now)
	return nil
}

// FirstConversation is the oldest conversation of a case: what an alarm about the
// case is filed under.
func (t *Tx) FirstConversation(ctx context.Context, caseID casefile.ID) (id casefile.ID, err error) {
	err = t.row(ctx, "find conversation of case", `
		SELECT conversation_id FROM case_conversations WHERE case_id = $1 ORDER BY conversation_id LIMIT 1`, []any{caseID}, &id)
	return id, err
}
