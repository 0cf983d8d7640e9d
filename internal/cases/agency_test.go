package cases

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// TestAnAgencyTakesNobodyOffTheLine: whoever is sent by an agency that a report names
// could leave nobody there who hears it.
func TestAnAgencyTakesNobodyOffTheLine(t *testing.T) {
	h := newHouse(t)
	pol := h.Member("pol", access.Supervisor, of(access.Police))
	h.Member("mate", access.DutyOfficer, of(access.Police))
	mark := func(login string) string {
		all, err := h.Staff(t.Context(), pol)
		if err != nil {
			t.Fatal(err)
		}
		return all[slices.IndexFunc(all, func(m Member) bool { return m.Login == login })].Mark
	}
	wants(t, h.Disable(t.Context(), pol, "siti", mark("siti")), NotYours)
	wants(t, h.Duty(t.Context(), pol, "budi", mark("budi"), false), NotYours)
	h.does(h.Duty(t.Context(), pol, "mate", mark("mate"), true))
	h.does(h.Disable(t.Context(), pol, "mate", mark("mate")))
	h.does(h.Disable(t.Context(), h.siti, "pol", mark("pol"))) // and ours take off everybody
}

// TestAnAgencyTypesNoNumber: whoever writes from the number of a colleague is heard as a
// colleague and not as somebody in danger, so a number is not for an agency to claim.
func TestAnAgencyTypesNoNumber(t *testing.T) {
	h := newHouse(t)
	h.Phone = func(typed string) (casefile.Private, bool) { return casefile.Hide(typed), true }
	pol := h.Member("pol", access.Supervisor, of(access.Police))
	all, err := h.Staff(t.Context(), pol)
	if err != nil {
		t.Fatal(err)
	}
	mark := all[slices.IndexFunc(all, func(m Member) bool { return m.Login == "pol" })].Mark
	wants(t, h.SetPhone(t.Context(), pol, "pol", mark, "+6281200000001"), NotOwn)
	hiring := Hiring{Login: "mate", Name: "Mate", Post: Post{Role: access.CaseWorker, Team: store.MainTeam, Agency: access.Police}, Langs: []string{"id"}}
	_, err = h.Hire(t.Context(), pol, hiring, "+6281200000001")
	wants(t, err, NotOwn)
	_, err = h.Hire(t.Context(), pol, hiring, "")
	h.does(err)
}

// TestAnAgencyLeadsNoCaseAlone: an alarm stands when of our own nobody is left who could
// let anybody in again.
func TestAnAgencyLeadsNoCaseAlone(t *testing.T) {
	h := newHouse(t)
	pol := h.hire("pol", access.Supervisor, of(access.Police))
	admin := h.Member("wati", access.Administrator)
	rina := h.writes("AAA111", "sms", locked)
	h.does(h.Exclude(t.Context(), pol, rina.Ref, "siti", "kenal pelaku"))
	if !slices.ContainsFunc(h.alarms(admin), func(a Alarm) bool { return a.Kind == store.AlarmWalled && a.Clear }) {
		t.Error("only the police lead the case, and nobody is told")
	}
	for _, a := range h.alarms(pol) {
		if a.Kind == store.AlarmWalled && a.Clear {
			t.Error("whoever is left alone with the case may say that it was seen to")
		}
	}
	if err := h.Lift(t.Context(), pol, rina.Ref, "immigration", "x"); !errors.Is(err, access.ErrDenied) {
		t.Errorf("an agency lets another one in: %v", err)
	}
}

// TestTheAuditNamesNoCaseThatIsKeptFromItsReader: what was done to a case may tell of
// another one.
func TestTheAuditNamesNoCaseThatIsKeptFromItsReader(t *testing.T) {
	h := newHouse(t)
	pol := h.Member("pol", access.Supervisor, of(access.Police))
	h.writes("AAA222", "sms", locked)
	h.writes("BBB222", "sms", locked)
	h.writes("WWW222", "sms", locked, heard("police"))
	for _, other := range []string{"WWW222", "BBB222"} {
		h.does(h.ProposeLink(t.Context(), h.budi, "AAA222", other, store.SamePerson, "satu rombongan"))
	}
	said := func(who access.Staff) (all string) {
		page, err := h.Audit(t.Context(), who, AuditQuery{Action: "link"})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			all += r.Detail.Reveal() + ";"
		}
		return all
	}
	if got := said(pol); strings.Contains(got, "WWW222") || !strings.Contains(got, "BBB222") {
		t.Errorf("the police read %q", got)
	}
	if got := said(h.siti); !strings.Contains(got, "WWW222") || !strings.Contains(got, "BBB222") {
		t.Errorf("our own read %q", got)
	}
}

// TestAnAgencyCountsNothingItIsKeptFrom: what counts all is for our own.
func TestAnAgencyCountsNothingItIsKeptFrom(t *testing.T) {
	h := newHouse(t)
	pol := h.Member("pol", access.Supervisor, of(access.Police))
	h.writes("WWW222", "sms", locked, heard("police"))
	if o := h.overview(pol); len(o.Channels) != 0 {
		t.Errorf("the police see how the channels do: %+v", o.Channels)
	}
	if o := h.overview(h.siti); len(o.Channels) == 0 {
		t.Error("our own do not")
	}
	teams, err := h.Teams(t.Context(), pol)
	if err != nil || slices.ContainsFunc(teams, func(team store.Team) bool { return team.Cases }) {
		t.Errorf("the police see whose the case is: %v", err)
	}
	if !h.team(store.MainTeam).Cases {
		t.Error("our own do not")
	}
}
