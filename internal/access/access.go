// Package access says who may see and do what: five roles, the permissions and one
// table between them (Table), which parts of a case stay covered until they are
// asked for (Fields), and which cases a member of staff reaches at all (Rules).
// docs/access.md is made of these tables.
//
// It promises that the tables are the only place where a role, a team or an agency
// is weighed, that an unknown role may do nothing, that no reason opens a case to an
// agency it names, and that everything here is pure. It leaves asking to those who
// do the work: internal/cases asks before every act, internal/escalation before it
// wakes anybody, and internal/console before it shows a page.
package access

import (
	"errors"
	"slices"

	"pulang/internal/casefile"
)

// Role is what a member of staff is there for.
type Role string

// The roles.
const (
	DutyOfficer   Role = "duty_officer"  // hears the alerts, answers first
	CaseWorker    Role = "case_worker"   // works on cases over days
	Supervisor    Role = "supervisor"    // leads a team
	Administrator Role = "administrator" // keeps accounts; reads no case
	Auditor       Role = "auditor"       // reads who did what; reads no case
)

// Roles is every role, as stored.
var Roles = []Role{DutyOfficer, CaseWorker, Supervisor, Administrator, Auditor}

// Permission is one thing that may be seen or done.
type Permission string

// The permissions.
const (
	SeeQueue       Permission = "see_queue"       // which cases wait, how urgent, since when; nothing sealed
	ReadCase       Permission = "read_case"       // what was said and learned
	RevealIdentity Permission = "reveal_identity" // what Fields keeps covered; each press is recorded
	Print          Permission = "print"           // a case on paper, with the name of who made it
	Acknowledge    Permission = "acknowledge"
	TakeOver       Permission = "take_over" // and hand back
	Reply          Permission = "reply"
	Override       Permission = "override"         // write where the contact policy says no, with a reason
	Confirm        Permission = "confirm_override" // decide about a colleague's override
	WriteNote      Permission = "write_note"
	Lower          Permission = "lower" // the urgency, with a reason
	CloseCase      Permission = "close_case"
	ReopenCase     Permission = "reopen_case"
	Assign         Permission = "assign"          // a case to a colleague, or to another team
	WorkOn         Permission = "work_on"         // status, snooze, tasks, the people of a group, what became of a tip
	LinkCases      Permission = "link_cases"      // propose, confirm and undo that two cases hang together
	Refer          Permission = "refer"           // ask for consent, and ask an agency to help
	ApproveSharing Permission = "approve_sharing" // without consent, and of a child
	ClearAlarm     Permission = "clear_alarm"
	SeeMedia       Permission = "see_media"       // a copy of a picture that was sent; each press is recorded
	TakeMedia      Permission = "take_media"      // the original of what was sent, with a reason
	BreakGlass     Permission = "break_glass"     // open a case one does not reach, with a reason
	ReviewGlass    Permission = "review_glass"    // say that a broken glass was looked into
	Exclude        Permission = "exclude"         // keep a colleague or an agency from a case, with a reason
	Lift           Permission = "lift"            // and let them see it again, with a reason
	Forget         Permission = "forget"          // destroy what a closed case holds, with a reason; choose how long things stay
	KeepCase       Permission = "keep_case"       // past its time, until a day, with a reason; and let it go again
	SeeRetention   Permission = "see_retention"   // how long things stay, and what was forgotten last
	OwnAccount     Permission = "own_account"     // one's own keys, codes and sessions
	ProposeCanned  Permission = "propose_canned"  // a reply that is said again and again
	ApproveCanned  Permission = "approve_canned"  // a colleague's proposal; take one away
	ReadDirectory  Permission = "read_directory"  // institutions and their numbers
	EditDirectory  Permission = "edit_directory"  // write an entry down; nothing of it is told before it is confirmed
	CheckDirectory Permission = "check_directory" // confirm, refuse, withdraw an entry
	KeepPlaces     Permission = "keep_places"     // how names of places are spelt, for the line to hear
	SeeOverview    Permission = "see_overview"    // counts and times over all cases
	ManageStaff    Permission = "manage_staff"
	ManageTeams    Permission = "manage_teams" // the list of teams
	SeeRoles       Permission = "see_roles"    // who may do what
	ReadAudit      Permission = "read_audit"
)

// Row is one line of the table.
type Row struct {
	Permission Permission
	Roles      []Role
	Why        string
}

var casework = []Role{DutyOfficer, CaseWorker, Supervisor}

// Table is the whole policy of access.
var Table = []Row{
	{SeeQueue, Roles, "everybody may see that people wait"},
	{ReadCase, casework, "only those who help read what was said"},
	{RevealIdentity, casework, "a number is shown when it is needed, never by itself"},
	{Print, casework, "a visit to the police or a doctor needs paper; paper is read by whoever finds it"},
	{Acknowledge, casework, "whoever acknowledges must be able to answer"},
	{TakeOver, casework, "a named person answers"},
	{Reply, casework, "a named person answers"},
	{Override, casework, "a danger may be worth more than the rule; whoever decides it writes why, and a watched phone takes two"},
	{Confirm, casework, "a second named person, never the one who asked; at night it is whoever is there"},
	{WriteNote, casework, "what one knows, the next shift must find"},
	{Lower, casework, "a named person with a reason; the machine never does"},
	{CloseCase, casework, "a named person with a reason"},
	{ReopenCase, casework, "whoever learns that it is not over must be able to say so"},
	{Assign, casework, "somebody has to look after it tomorrow as well"},
	{WorkOn, casework, "what is left to do is written down by whoever sees it"},
	{LinkCases, casework, "whoever reads both sees that they belong together; it can be undone"},
	{Refer, casework, "only with consent, or a supervisor's decision"},
	{ApproveSharing, []Role{Supervisor}, "danger to life, and what is best for a child, take a second person's view"},
	{ClearAlarm, []Role{DutyOfficer, CaseWorker, Supervisor, Administrator}, "whoever saw to it says so"},
	{SeeMedia, casework, "a picture is looked at when it is needed, never by itself"},
	{TakeMedia, casework, "a voice has to be heard at night, too; whoever takes it writes why"},
	{BreakGlass, casework, "no rule may keep help from a person; whoever goes past it writes why, and supervisors are told"},
	{ReviewGlass, []Role{Supervisor}, "not the one who broke it"},
	{Exclude, casework, "whoever reads a case may learn that somebody must not"},
	{Lift, []Role{Supervisor}, "to open a case to those it names takes more than one person's view"},
	{Forget, []Role{Supervisor}, "nothing brings it back, so it takes a second look"},
	{KeepCase, []Role{Supervisor}, "who keeps what somebody told us past its time answers for it by name"},
	{SeeRetention, []Role{Supervisor, Administrator, Auditor}, "whoever answers for what is kept sees it"},
	{OwnAccount, Roles, "everybody keeps their own keys, and sees where they are signed in"},
	{ProposeCanned, []Role{DutyOfficer, CaseWorker, Supervisor, Administrator}, "whoever answers knows what is said again and again"},
	{ApproveCanned, []Role{Supervisor}, "it is said in the name of all; never by whoever proposed it"},
	{ReadDirectory, Roles, "an institution is no secret"},
	{EditDirectory, casework, "whoever learns of a new number writes it down"},
	{CheckDirectory, []Role{Supervisor}, "a wrong number leads people to strangers; never by whoever wrote it down"},
	{KeepPlaces, []Role{Supervisor, Administrator}, "a wrong place is worse than none, and it is heard in every conversation"},
	{SeeOverview, []Role{Supervisor}, "a team is led by what waits, not by what anybody said"},
	{ManageStaff, []Role{Supervisor, Administrator}, "accounts are kept apart from cases"},
	{ManageTeams, []Role{Supervisor, Administrator}, "a team decides who hears first and who reads a case"},
	{SeeRoles, Roles, "who may do what is no secret"},
	{ReadAudit, []Role{Supervisor, Administrator, Auditor}, "whoever looks over the others' shoulders"},
}

// Ours is what only our own may do, whatever the role of those whom an agency sends: it
// holds for every case, also those kept from them, or nothing brings it back.
var Ours = []Permission{Lift, Forget, KeepCase, ApproveSharing, ApproveCanned, CheckDirectory, KeepPlaces}

// May reports whether the table gives the role the permission.
func May(role Role, permission Permission) bool {
	i := slices.IndexFunc(Table, func(r Row) bool { return r.Permission == permission })
	return i >= 0 && slices.Contains(Table[i].Roles, role)
}

// ErrDenied is returned to somebody whose role does not allow what they tried.
var ErrDenied = errors.New("role does not allow this")

// Staff is a named member of staff who acts in their role.
type Staff struct {
	ID   casefile.ID
	Role Role

	// What Reach weighs besides. internal/cases reads it anew for every act.
	Team     string
	Agency   Agency // who sends them; empty counts as nobody's
	Children bool   // trained for children's cases
	OnDuty   bool
}

// Actor names the member of staff for a write.
func (s Staff) Actor() casefile.Actor { return casefile.ByStaff(s.ID) }

// May reports whether the member of staff may do this. Nobody may do nothing. Where the
// agency was not read yet the role alone counts: every act reads it anew.
func (s Staff) May(permission Permission) bool {
	sent := s.Agency != "" && s.Agency != Own
	return !s.ID.IsZero() && May(s.Role, permission) && !(sent && slices.Contains(Ours, permission))
}

// Check is May as an error: ErrMissingActor for nobody, else ErrDenied.
func (s Staff) Check(permission Permission) error {
	switch {
	case s.ID.IsZero():
		return casefile.ErrMissingActor
	case !s.May(permission):
		return ErrDenied
	}
	return nil
}
