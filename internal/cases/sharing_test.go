package cases

import (
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// proposal asks the ministry's central desk, which ships confirmed.
func proposal(h *house, fields ...string) Proposal {
	return Proposal{To: "kemlu", Purpose: "jemput dan dampingi", Fields: fields, DueAt: h.Now().Add(2 * day)}
}

// proposed prepares a referral and returns it as it stands on the page.
func (p *person) proposed(who access.Staff, what Proposal) store.Referral {
	p.Helper()
	p.does(p.ProposeReferral(p.Context(), who, p.Ref, what))
	return p.referral()
}

// referral is the newest one.
func (p *person) referral() store.Referral { p.Helper(); return p.open().Referrals[0].Referral }

func (p *person) answers(answer string) {
	p.Helper()
	p.does(p.RecordConsent(p.Context(), p.budi, p.Ref, Asked{To: "kemlu", Answer: answer, Lang: "id", How: ByMessage}))
}

// sends tries to hand the newest referral over.
func (p *person) sends() error {
	p.Helper()
	r := p.referral()
	return p.MoveReferral(p.Context(), p.budi, p.Ref, r.ID, r.Version, store.ReferralSent, "")
}

func TestNothingIsSharedWithoutAYes(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	rina.proposed(h.budi, proposal(h, "situation"))
	wants(t, rina.sends(), NoConsent)
	for _, answer := range []string{store.ConsentNo, store.ConsentLater} {
		rina.answers(answer)
		wants(t, rina.sends(), NoConsent)
	}
	rina.answers(store.ConsentYes)
	h.does(rina.sends())
	r := rina.referral()
	if r.State != store.ReferralSent || r.Basis != store.ByConsent || !r.SentAt.Equal(h.Now()) {
		t.Errorf("handed over: %s on %q", r.State, r.Basis)
	}
	consents := rina.open().Consents
	if last := consents[len(consents)-1]; last.Lang != "id" || len(last.Text) < len(textConsent)+5 || last.Staff != h.budi.ID || !last.At.Equal(h.Now()) {
		t.Errorf("what was asked is not kept: %+v", last)
	}
	move := func(to store.ReferralState, why string) error {
		r := rina.referral()
		return h.MoveReferral(t.Context(), h.budi, rina.Ref, r.ID, r.Version, to, why)
	}
	wants(t, move(store.ReferralDone, ""), Changed) // nobody accepted it
	wants(t, move(store.ReferralRefused, " "), NoReason)
	h.does(move(store.ReferralAccepted, ""))
	h.does(move(store.ReferralDone, ""))
	wants(t, move(store.ReferralRevoked, "x"), Changed)
	wants(t, h.MoveReferral(t.Context(), h.budi, rina.Ref, casefile.ID{7}, 1, store.ReferralSent, ""), Gone)
}

func TestAYesToOneAgencyIsNoYesToAnother(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	rina.proposed(h.budi, proposal(h, "situation"))
	h.does(h.RecordConsent(t.Context(), h.budi, rina.Ref, Asked{To: "lpsk", Answer: store.ConsentYes, Lang: "id", How: ByVoice}))
	wants(t, rina.sends(), NoConsent)
}

func TestWhatIsTakenBackStopsAtOnce(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	rina.proposed(h.budi, proposal(h, "situation"))
	rina.answers(store.ConsentYes)
	h.Forward(time.Minute)
	rina.Says("saya mau cabut dari sini") // that is leaving
	if !rina.open().Withdrew.IsZero() {
		t.Fatal("somebody who wants to leave took nothing back")
	}
	rina.Says("  Cabut. ")
	if rina.open().Withdrew.IsZero() {
		t.Error("staff do not see it")
	}
	wants(t, rina.sends(), Withdrawn) // also before anybody wrote it down
	h.does(h.WithdrawConsent(t.Context(), h.budi, rina.Ref, casefile.ID{}))
	if r := rina.referral(); r.State != store.ReferralRevoked {
		t.Errorf("what was only prepared is %s", r.State)
	}
	rina.proposed(h.budi, proposal(h, "situation"))
	wants(t, rina.sends(), Withdrawn)
	h.Forward(time.Minute)
	rina.answers(store.ConsentYes) // they changed their mind
	h.does(rina.sends())
}

func TestALifeInDangerIsASupervisorsDecision(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	r := rina.proposed(h.budi, proposal(h, "situation"))
	if err := h.ApproveReferral(t.Context(), h.budi, rina.Ref, r.ID, r.Version, "mereka memukulinya"); err != access.ErrDenied {
		t.Errorf("an officer decides alone: %v", err)
	}
	wants(t, h.ApproveReferral(t.Context(), h.siti, rina.Ref, r.ID, r.Version, " "), NoReason)
	h.does(h.ApproveReferral(t.Context(), h.siti, rina.Ref, r.ID, r.Version, "mereka memukulinya"))
	h.does(rina.sends())
	if r = rina.referral(); r.Basis != store.ByDanger || r.ApprovedBy != h.siti.ID || !r.Approval.Is("mereka memukulinya") {
		t.Errorf("the decision is not kept: %q by %v", r.Basis, r.ApprovedBy)
	}
}

func TestNoDecisionOpensAReportToAnAgencyItNames(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	r := rina.proposed(h.budi, proposal(h, "situation"))
	h.does(h.ApproveReferral(t.Context(), h.siti, rina.Ref, r.ID, r.Version, "gawat"))
	rina.Says("orang kedutaan ikut", fact(casefile.NamedAgency, "mission"))
	wants(t, rina.sends(), Walled)
	wants(t, h.ApproveReferral(t.Context(), h.siti, rina.Ref, r.ID, r.Version+1, "gawat"), Walled)
	wants(t, h.ProposeReferral(t.Context(), h.budi, rina.Ref, proposal(h, "situation")), Walled)
	wants(t, h.RecordConsent(t.Context(), h.budi, rina.Ref, Asked{To: "kemlu", Answer: store.ConsentYes, Lang: "id", How: ByVoice}), Walled)
	for _, to := range rina.open().Recipients {
		if to.Agency == "kemlu" || to.Agency == "mission" {
			t.Errorf("%s is offered", to.ID)
		}
	}
}

func TestAChildIsNotSharedByOnePerson(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111", fact(casefile.AgeBand, "under18"))
	eko := h.Member("eko", access.CaseWorker, func(s *store.Staff) { s.Children = true })
	lead := h.Member("dewi", access.Supervisor)
	what := proposal(h, "situation")
	wants(t, h.ProposeReferral(t.Context(), eko, rina.Ref, what), NothingChosen) // nobody asked the child
	what.Wish = store.ConsentNo
	h.does(h.ProposeReferral(t.Context(), h.siti, rina.Ref, what))
	page := func() store.Referral {
		v, err := h.Open(t.Context(), h.siti, rina.Ref)
		h.does(err)
		return v.Referrals[0].Referral
	}
	send := func() error {
		return h.MoveReferral(t.Context(), h.siti, rina.Ref, page().ID, page().Version, store.ReferralSent, "")
	}
	h.does(h.RecordConsent(t.Context(), h.siti, rina.Ref, Asked{To: "kemlu", Answer: store.ConsentYes, Lang: "id", How: ByVoice}))
	wants(t, send(), NeedsLead)
	wants(t, h.ApproveReferral(t.Context(), h.siti, rina.Ref, page().ID, page().Version, "terbaik"), SecondPerson)
	wants(t, h.ApproveReferral(t.Context(), lead, rina.Ref, page().ID, page().Version, "terbaik"), NeedsLead) // neither is trained
	h.does(h.MoveReferral(t.Context(), h.siti, rina.Ref, page().ID, page().Version, store.ReferralRevoked, "diusulkan lagi"))
	h.Forward(time.Second)
	h.does(h.ProposeReferral(t.Context(), eko, rina.Ref, what))
	h.does(h.ApproveReferral(t.Context(), lead, rina.Ref, page().ID, page().Version, "terbaik baginya"))
	h.does(send())
	if page().Basis != store.BestInterest {
		t.Errorf("on %q", page().Basis)
	}
}

func TestWhatFindsSomebodyIsWeighedFirst(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	for _, field := range finds {
		wants(t, h.ProposeReferral(t.Context(), h.budi, rina.Ref, proposal(h, field)), NotWeighed)
	}
	wants(t, h.ProposeReferral(t.Context(), h.budi, rina.Ref, proposal(h, "photos")), NothingChosen)
	wants(t, h.ProposeReferral(t.Context(), h.budi, rina.Ref, proposal(h)), NothingChosen)
	wants(t, h.ProposeReferral(t.Context(), h.budi, rina.Ref, Proposal{To: "polri", Purpose: "x", Fields: []string{"age"}}), BadDate)
	family := h.quiet("BBB222", fact(casefile.Recruiter, "family"))
	wants(t, h.ProposeReferral(t.Context(), h.budi, family.Ref, proposal(h, "age")), NotWeighed)
}

func TestNothingIsSentWhereNobodyHasCalled(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	what := proposal(h, "situation")
	what.To = "lpsk"
	rina.proposed(h.budi, what)
	h.does(h.RecordConsent(t.Context(), h.budi, rina.Ref, Asked{To: "lpsk", Answer: store.ConsentYes, Lang: "id", How: ByVoice}))
	wants(t, rina.sends(), NotConfirmed)
}

func TestEachOfAGroupAgreesForThemselves(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111", fact(casefile.Count, "3"))
	for _, name := range []string{"Dewi Lestari", "Eko"} {
		h.does(h.AddPerson(t.Context(), h.budi, rina.Ref, Known{Name: name, Age: "adult", State: store.PersonHeld, Note: "teman sekamar"}))
	}
	wants(t, h.AddPerson(t.Context(), h.budi, rina.Ref, Known{Age: "old", State: store.PersonHeld}), NothingChosen)
	v := rina.open()
	if len(v.People) != 2 || v.People[0].Position != 1 || v.People[1].Position != 2 || v.People[0].Name.Is("Dewi Lestari") || v.People[0].Name.IsEmpty() {
		t.Fatalf("the group: %+v", v.People)
	}
	dewi := v.People[0]
	what := proposal(h, "situation")
	what.Person = dewi.ID
	rina.proposed(h.budi, what)
	rina.answers(store.ConsentYes) // of whoever writes
	wants(t, rina.sends(), NoConsent)
	h.does(h.RecordConsent(t.Context(), h.budi, rina.Ref, Asked{Person: dewi.ID, To: "kemlu", Answer: store.ConsentYes, Lang: "id", How: ByVoice}))
	h.Forward(time.Minute)
	rina.Says("CABUT") // for all of their report
	wants(t, rina.sends(), Withdrawn)
	h.does(h.ChangePerson(t.Context(), h.budi, rina.Ref, dewi.ID, dewi.Version, Known{Name: "Dewi", Age: "under18", State: store.PersonOut}))
	wants(t, h.ChangePerson(t.Context(), h.siti, rina.Ref, dewi.ID, dewi.Version, Known{Age: "adult", State: store.PersonOut}), Changed)
	ani := h.Member("ani", access.CaseWorker)
	if _, err := h.Open(t.Context(), ani, rina.Ref); err != store.ErrNotFound {
		t.Errorf("a child is in the group, and somebody untrained reads it: %v", err)
	}
	page, err := h.Open(t.Context(), h.siti, rina.Ref)
	h.does(err)
	h.does(h.RemovePerson(t.Context(), h.siti, rina.Ref, dewi.ID, page.People[0].Version, "tertulis dua kali"))
	if page, err = h.Open(t.Context(), ani, rina.Ref); err != nil || !page.People[0].Removed || page.People[1].Position != 2 {
		t.Errorf("taken off: %+v, %v", page.People, err)
	}
	if count, _ := page.Facts.Latest(casefile.Count); !count.Value.Is("3") {
		t.Error("the number that was told changed")
	}
}

func TestALinkIsProposedConfirmedAndUndone(t *testing.T) {
	h := newHouse(t)
	rina, dewi := h.quiet("AAA111"), h.quiet("BBB222")
	hidden := h.quiet("CCC333")
	h.does(h.Exclude(t.Context(), h.siti, hidden.Ref, "budi", "saudara"))
	link := func(other string, kind store.LinkKind, why string) error {
		return h.ProposeLink(t.Context(), h.budi, rina.Ref, other, kind, why)
	}
	for _, other := range []string{hidden.Ref, "ZZZ999", rina.Ref, ""} {
		wants(t, link(other, store.SamePerson, "sama"), NoSuchCase)
	}
	wants(t, link(dewi.Ref, "friends", "sama"), NothingChosen)
	wants(t, link(dewi.Ref, store.SamePerson, " "), NoReason)
	h.does(link("bbb222", store.SamePerson, "kata sandi dan negara sama"))
	wants(t, link(dewi.Ref, store.SamePerson, "lagi"), Changed) // it is proposed already
	decide := func(who access.Staff, p *person, to store.LinkState, why string) error {
		l := p.open().Linked[0]
		return h.DecideLink(t.Context(), who, p.Ref, l.ID, l.Version, to, why)
	}
	wants(t, decide(h.budi, rina, store.LinkConfirmed, "yakin"), SecondPerson)
	wants(t, decide(h.siti, dewi, store.LinkUndone, "x"), Changed) // nobody confirmed it
	h.does(decide(h.siti, dewi, store.LinkConfirmed, "sudah bicara"))
	for _, p := range []*person{rina, dewi} {
		l := p.open().Linked[0]
		if l.State != store.LinkConfirmed || len(p.open().Steps[l.ID]) != 2 || !p.open().Steps[l.ID][1].Reason.Is("sudah bicara") {
			t.Errorf("%s: %s, %d steps", p.Ref, l.State, len(p.open().Steps[l.ID]))
		}
	}
	ani := h.Member("ani", access.CaseWorker)
	h.does(h.Exclude(t.Context(), h.siti, dewi.Ref, "ani", "saudara"))
	if v, err := h.Open(t.Context(), ani, rina.Ref); err != nil || len(v.Linked) != 0 {
		t.Errorf("a case that is kept from them shows as a link: %v, %v", v.Linked, err)
	}
	h.does(decide(h.budi, rina, store.LinkUndone, "ternyata adiknya"))
	h.does(link(dewi.Ref, store.SamePerson, "ternyata benar")) // a new line; the old one stays
	if n := len(rina.open().Linked); n != 2 {
		t.Errorf("%d lines", n)
	}
}
