package cases

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// hire adds a member of staff with a team, an agency and a phone.
func (h *house) hire(login string, role access.Role, change func(*store.Staff)) access.Staff {
	h.Helper()
	s := store.Staff{ID: casefile.NewID(h.Now()), Login: login, Name: casefile.Hide(login), Role: string(role), Team: "main",
		Languages: []string{"id"}, Lang: "id", CreatedAt: h.Now()}
	if change != nil {
		change(&s)
	}
	h.Tx(func(tx *store.Tx) error {
		if err := tx.AddStaff(h.Context(), s); err != nil {
			return err
		}
		if err := tx.Flush(h.Context()); err != nil {
			return err
		}
		return tx.SetStaffAddress(h.Context(), s.ID, casefile.Address{Channel: "sms", ID: casefile.Hide("+62899" + login)}, h.Now())
	})
	return access.Staff{ID: s.ID, Role: role}
}

func of(agency access.Agency) func(*store.Staff) { return func(s *store.Staff) { s.Agency = agency } }
func in(team string) func(*store.Staff)          { return func(s *store.Staff) { s.Team = team } }

func heard(agency string) casefile.Fact {
	return casefile.Fact{Key: casefile.NamedAgency, Value: casefile.Hide(agency), How: casefile.Heard, Phrase: casefile.Hide("polisi")}
}

// sees is every way somebody could learn of a case, as words.
func (h *house) sees(who access.Staff, p *person, code string) []string {
	h.Helper()
	ctx := h.Context()
	var seen []string
	note := func(what string, yes bool) {
		if yes {
			seen = append(seen, what)
		}
	}
	reached := func(err error) bool { return !errors.Is(err, store.ErrNotFound) }
	q, err := h.Queue(ctx, who)
	if err != nil {
		h.Fatal(err)
	}
	note("listed", slices.ContainsFunc(q.Lines, func(l Line) bool { return l.Case.Ref == p.Ref }))
	n := 0
	for _, c := range q.Counts {
		n += c
	}
	note("counted", n > 0)
	for _, a := range q.Alarms {
		note("alarm "+string(a.Kind), a.Case != casefile.ID{} || a.Ref != "")
	}
	_, err = h.Open(ctx, who, p.Ref)
	note("open", reached(err))
	_, err = h.Reveal(ctx, who, p.Ref)
	note("reveal", reached(err))
	_, err = h.Mark(ctx, who, p.Ref)
	note("mark", reached(err))
	_, err = h.RefOfCode(ctx, who, code)
	note("code", reached(err))
	_, err = h.Acknowledge(ctx, who, p.Ref)
	note("acknowledge", reached(err))
	note("take", reached(h.Take(ctx, who, p.Ref, casefile.ID{}, "X")))
	note("reply", reached(replyOf(p, who, "halo")))
	note("note", reached(h.Note(ctx, who, p.Ref, "x")))
	note("hand back", reached(h.HandBack(ctx, who, p.Ref)))
	note("lower", reached(h.Lower(ctx, who, p.Ref, 0, casefile.Low, "x")))
	note("close", reached(h.Close(ctx, who, p.Ref, 0, "x")))
	note("exclude", reached(h.Exclude(ctx, who, p.Ref, "military", "x")))
	note("lift", reached(h.Lift(ctx, who, p.Ref, "police", "x")))
	note("may reach", reached(h.MayReach(ctx, who, access.ReadCase, p.Ref)))
	note("draft", reached(h.Draft(ctx, who, p.Ref, Typed{Texts: map[store.DraftKind]string{"snooze": "x"}})))
	note("glass", reached(h.BreakGlass(ctx, who, p.Ref, "x")))
	return seen
}

// TestWhatNamesAnAgencyNeverReachesIt looks at every path, with the role that may do
// most, and also with a code in hand from before the agency was named.
func TestWhatNamesAnAgencyNeverReachesIt(t *testing.T) {
	h := newHouse(t)
	agus := h.hire("agus", access.Supervisor, of(access.Police))
	auditor := h.hire("dedi", access.Auditor, of(access.Police))
	before, err := h.ListMark(t.Context(), agus, Ask{})
	if err != nil {
		t.Fatal(err)
	}
	rina := h.writes("AAA111", "sms", locked, heard("police"))
	h.Tx(func(tx *store.Tx) error {
		file, err := tx.CaseByRef(t.Context(), rina.Ref)
		if err != nil {
			return err
		}
		if err := tx.RaiseAlarm(t.Context(), store.AlarmUndelivered, casefile.ID{}, rina.Lane, h.Now()); err != nil {
			return err
		}
		live, err := tx.LiveEscalation(t.Context(), file.ID)
		if err != nil {
			return err
		}
		return tx.PutAlert(t.Context(), store.Alert{Escalation: live.ID, Staff: agus.ID, Code: "K7Q2", LastQueuedAt: h.Now(), LastChannel: "sms"})
	})
	same(t, "the police see", h.sees(agus, rina, "K7Q2"), []string{"lift"}) // which is not theirs, whatever the case
	if q, err := h.Queue(t.Context(), auditor); err != nil || len(q.Lines)+len(q.Counts)+len(q.Alarms) > 0 {
		t.Errorf("their auditor sees %d lines, %d counts, %d alarms, %v", len(q.Lines), len(q.Counts), len(q.Alarms), err)
	}
	if after, err := h.ListMark(t.Context(), agus, Ask{}); err != nil || after != before {
		t.Errorf("the mark tells that something happened: %q, %q, %v", before, after, err)
	}
	for what, ack := range map[string]escalation.Outcome{"typed": h.answers(agus, "K7Q2", false), "pressed": h.answers(agus, "K7Q2", true), "never given": h.answers(agus, "ZZZZ", true)} {
		if ack != escalation.NoSuchCode {
			t.Errorf("a code %s is answered with %s", what, ack)
		}
	}
	if got := h.sees(h.siti, rina, "K7Q2"); !slices.Contains(got, "open") || !slices.Contains(got, "listed") || !slices.Contains(got, "counted") {
		t.Errorf("our own see only %v", got)
	}
}

func (h *house) answers(who access.Staff, code string, pressed bool) (out escalation.Outcome) {
	h.Helper()
	h.Tx(func(tx *store.Tx) error {
		use := h.Escalation.Acknowledge
		if pressed {
			use = h.Escalation.AcknowledgePressed
		}
		ack, err := use(h.Context(), tx, who.ID, code, h.Now())
		out = ack.Outcome
		return err
	})
	return out
}

// TestNotReachedAndNotThereAreOneError, also for a case that a reason would open.
func TestNotReachedAndNotThereAreOneError(t *testing.T) {
	h := newHouse(t)
	agus := h.hire("agus", access.CaseWorker, of(access.Police))
	dewi := h.hire("dewi", access.CaseWorker, in("batam"))
	h.writes("AAA111", "sms", heard("police"))
	words := map[string]string{}
	for name, open := range map[string]func() error{
		"kept":  func() error { _, err := h.Open(t.Context(), agus, "AAA111"); return err },
		"shut":  func() error { _, err := h.Open(t.Context(), dewi, "AAA111"); return err },
		"none":  func() error { _, err := h.Open(t.Context(), agus, "NOSUCH"); return err },
		"glass": func() error { return h.BreakGlass(t.Context(), agus, "AAA111", "x") },
		"empty": func() error { return h.BreakGlass(t.Context(), agus, "NOSUCH", "x") },
	} {
		words[name] = fmt.Sprint(open())
		if words[name] != fmt.Sprint(store.ErrNotFound) {
			t.Errorf("%s says %q", name, words[name])
		}
	}
	wants(t, h.BreakGlass(t.Context(), agus, "AAA111", " "), NoReason)
	wants(t, h.BreakGlass(t.Context(), agus, "NOSUCH", " "), NoReason)
	// Every attempt is recorded, and in one way: whoever reads the audit learns nothing by their own.
	var seen []string
	h.Tx(func(tx *store.Tx) error {
		records, err := tx.AuditRecords(t.Context(), store.AuditFilter{Action: "case.not_reached", Limit: 100})
		for _, r := range records {
			seen = append(seen, fmt.Sprint(r.Ref, r.Case.IsZero(), r.Detail.Is("AAA111") || r.Detail.Is("NOSUCH")))
		}
		return err
	})
	same(t, "recorded", seen, slices.Repeat([]string{"true true"}, 5))
}

// history counts an action in the audit of a case.
func (h *house) history(ref, action string) (n int) {
	h.Helper()
	h.Tx(func(tx *store.Tx) error {
		file, err := tx.CaseByRef(h.Context(), ref)
		if err != nil {
			return err
		}
		entries, err := tx.RecordsOf(h.Context(), file.ID, store.Stretch{Oldest: true, Limit: 1000}, store.Actions{})
		for _, e := range entries {
			if e.Action == action {
				n++
			}
		}
		return err
	})
	return n
}

func TestAReasonOpensAnotherTeamsCaseAndSupervisorsAreTold(t *testing.T) {
	h := newHouse(t)
	dewi := h.hire("dewi", access.CaseWorker, in("batam"))
	ani := h.hire("ani", access.Supervisor, nil)
	h.hire("agus", access.Supervisor, of(access.Police))
	rina := h.writes("AAA111", "sms", heard("police"))
	same(t, "before a reason", h.sees(dewi, rina, "ZZZZ"), []string{"lift", "glass"}) // to lift is not her role's, whatever the case
	h.Forward(access.GlassHolds)
	if _, err := h.Open(t.Context(), dewi, rina.Ref); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is still open after its time: %v", err)
	}
	if err := h.BreakGlass(t.Context(), dewi, rina.Ref, "ibunya menelepon saya"); err != nil {
		t.Fatal(err)
	}
	v, err := h.Open(t.Context(), dewi, rina.Ref)
	if err != nil || len(v.Glass) != 2 || !v.Glass[1].Reason.Is("ibunya menelepon saya") {
		t.Fatalf("the reason is not kept: %+v, %v", v.Glass, err)
	}
	if h.history(rina.Ref, "glass.broken") != 2 {
		t.Error("not audited")
	}
	told := 0
	for _, a := range h.alarms(ani) {
		if a.Kind == store.AlarmGlass && a.Ref == rina.Ref {
			told++
			wantsNil(t, h.ClearAlarm(t.Context(), dewi, a.ID)) // nothing she could see
		}
	}
	if told != 1 || len(h.alarms(ani)) != 1 {
		t.Errorf("supervisors have %d alarms of it, or the one who broke the glass cleared it", told)
	}
	if len(h.alarms(dewi)) != 0 {
		t.Error("the one who broke the glass sees the alarm")
	}
	if got := h.letters("staff.glass"); !slices.Equal(got, []casefile.ID{ani.ID, ani.ID}) {
		t.Errorf("told by message: %v, want ani twice", got)
	}
}

func wantsNil(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func (h *house) alarms(who access.Staff) []Alarm {
	h.Helper()
	q, err := h.Queue(h.Context(), who)
	if err != nil {
		h.Fatal(err)
	}
	return q.Alarms
}

// letters is to whom a text of ours is on its way.
func (h *house) letters(key string) (to []casefile.ID) {
	h.Helper()
	h.Tx(func(tx *store.Tx) error {
		letters, _, err := tx.ClaimLetters(h.Context(), store.Claiming{Claim: casefile.ID{5}, Others: true, Urgent: 100, Ordinary: 100, Lease: time.Minute, Now: h.Now()})
		for _, l := range letters {
			if l.TextKey == key {
				to = append(to, l.Staff)
			}
		}
		return err
	})
	return to
}

func TestAChildsCaseIsForThoseTrainedForIt(t *testing.T) {
	h := newHouse(t)
	trained := h.hire("dewi", access.CaseWorker, func(s *store.Staff) { s.Children = true })
	other := h.Member("joko", access.CaseWorker) // without a phone: nobody alerts him
	h.writes("KID111", "sms", fact(casefile.AgeBand, "under18"), nobody)
	for who, want := range map[access.Staff]bool{trained: true, h.siti: true, other: false} {
		q, err := h.Queue(t.Context(), who)
		if err != nil || (len(q.Lines) == 1) != want || (q.Counts[casefile.Low]+q.Counts[casefile.Medium]+q.Counts[casefile.High] == 1) != want {
			t.Errorf("listed %d, counted %v, %v; want %v", len(q.Lines), q.Counts, err, want)
		}
		if _, err := h.Open(t.Context(), who, "KID111"); (err == nil) != want {
			t.Errorf("opens: %v, want %v", err, want)
		}
	}
}

// TestAnEmergencyIsNeverLockedOut: while the alert waits, any duty officer gets in.
func TestAnEmergencyIsNeverLockedOut(t *testing.T) {
	h := newHouse(t)
	dewi := h.hire("dewi", access.DutyOfficer, in("batam"))
	rina := h.writes("AAA111", "sms", locked, fact(casefile.AgeBand, "under18"))
	if q, err := h.Queue(t.Context(), dewi); err != nil || len(q.Lines) != 1 {
		t.Fatalf("another team's emergency is not listed: %v", err)
	}
	if _, err := h.Acknowledge(t.Context(), dewi, rina.Ref); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Open(t.Context(), dewi, rina.Ref); err != nil {
		t.Errorf("whoever answered the alert is shut out: %v", err)
	}
	joko := h.hire("joko", access.DutyOfficer, in("batam"))
	if _, err := h.Open(t.Context(), joko, rina.Ref); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the alert is answered, and another team's officer gets in: %v", err)
	}
}

func TestAColleagueIsKeptOutByHandAndLosesWhatTheyHold(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.take(h.budi)
	exclude := func(who access.Staff, whom, why string) error {
		return h.Exclude(t.Context(), who, rina.Ref, whom, why)
	}
	wants(t, exclude(h.siti, "budi", " "), NoReason)
	wants(t, exclude(h.siti, "siti", "saya"), NobodyNamed)
	wants(t, exclude(h.siti, "pulang", "kami"), NobodyNamed)
	wants(t, exclude(h.siti, "nobody", "siapa"), NobodyNamed)
	wantsNil(t, exclude(h.siti, "budi", "sepupu pelapor, 0812345678"))
	wants(t, exclude(h.siti, "budi", "lagi"), NobodyNamed)
	same(t, "budi still sees", h.sees(h.budi, rina, "ZZZZ"), []string{"lift"}) // to lift is not his role's, whatever the case
	v, err := h.Open(t.Context(), h.siti, rina.Ref)
	if err != nil || !v.Lane.TakenBy.IsZero() || len(v.Walls) != 1 || v.Walls[0].Staff != h.siti.ID {
		t.Fatalf("the line is still his, or the wall is not shown: %v", err)
	}
	if !v.Walls[0].Reason.Is("sepupu pelapor, •••••••") {
		t.Error("the reason is not covered")
	}
	if e, ok := v.Live(); !ok || e.State != store.Climbing {
		t.Error("nobody is woken in his place")
	}
	if err := h.Lift(t.Context(), h.budi, rina.Ref, "budi", "saya"); !errors.Is(err, access.ErrDenied) {
		t.Errorf("he lets himself in: %v", err)
	}
	wants(t, h.Lift(t.Context(), h.siti, rina.Ref, "police", "tidak disebut"), NobodyNamed)
	wantsNil(t, h.Lift(t.Context(), h.siti, rina.Ref, "budi", "ternyata bukan"))
	if _, err := h.Open(t.Context(), h.budi, rina.Ref); err != nil {
		t.Errorf("let in, and shut out: %v", err)
	}
	if h.history(rina.Ref, "wall.excluded") != 1 || h.history(rina.Ref, "wall.lifted") != 1 || h.history(rina.Ref, "takeover.walled") != 1 {
		t.Error("not audited")
	}
}

func TestALiftedAgencySeesTheCase(t *testing.T) {
	h := newHouse(t)
	agus := h.hire("agus", access.CaseWorker, of(access.Police))
	rina := h.writes("AAA111", "sms", heard("police"))
	if _, err := h.Open(t.Context(), agus, rina.Ref); !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	wantsNil(t, h.Lift(t.Context(), h.siti, rina.Ref, "police", "polisi Myanmar, bukan Polri"))
	if _, err := h.Open(t.Context(), agus, rina.Ref); err != nil {
		t.Errorf("lifted, and shut: %v", err)
	}
	rina.Says("oknum juga", heard(access.Official))
	if _, err := h.Open(t.Context(), agus, rina.Ref); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("named anew, and open: %v", err)
	}
}

// TestWhatNoTurnHasReadIsNotShownToAnotherAgency: it may be about them.
func TestWhatNoTurnHasReadIsNotShownToAnotherAgency(t *testing.T) {
	h := newHouse(t)
	agus := h.hire("agus", access.CaseWorker, of(access.Police))
	rina := h.writes("AAA111", "sms", fact(casefile.Freedom, "free"))
	rina.Receives("polisi yang jual kami")
	for who, want := range map[access.Staff]bool{agus: false, h.siti: true} {
		v, err := h.Open(t.Context(), who, rina.Ref)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Messages[len(v.Messages)-1].Text.Is("polisi yang jual kami"); got != want {
			t.Errorf("shown: %v, want %v", got, want)
		}
	}
}

func TestWhatIsCoveredStaysCoveredUntilThePress(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", fact(casefile.Place, "dekat 0812 3456 7890"), fact(casefile.Count, "1234567"))
	rina.Says("nama saya Rina, telp 0812 3456 7890")
	wantsNil(t, h.Note(t.Context(), h.budi, rina.Ref, "telp ibu 0812 3456 7890"))
	for i, kind := range []casefile.MessageKind{casefile.KindPhoto, casefile.KindLocation} {
		rina.Stores(store.Message{ID: casefile.NewID(h.Now()), Channel: "telegram", ProviderID: fmt.Sprint(i), Conversation: rina.Lane, Kind: kind,
			State: store.Recorded, Media: casefile.Hide(`{"file_id":"x","lat":16.7}`), ReceivedAt: h.Now()})
	}
	covered, err := h.Open(t.Context(), h.budi, rina.Ref)
	if err != nil {
		t.Fatal(err)
	}
	for what, ok := range map[string]bool{
		"address": covered.Lane.Address.IsEmpty(), "message": covered.Messages[1].Text.Is("nama saya •••••••, telp •••••••"),
		"note": covered.Notes[0].Text.Is("telp ibu •••••••"), "fact": covered.Facts[0].Value.Is("dekat •••••••"),
		"count": covered.Facts[1].Value.Is("1234567"), "photo": covered.Messages[2].Media.IsEmpty(), "location": covered.Messages[3].Media.IsEmpty(),
	} {
		if !ok {
			t.Errorf("before the press: %s is wrong", what)
		}
	}
	shown, err := h.Reveal(t.Context(), h.budi, rina.Ref)
	if err != nil {
		t.Fatal(err)
	}
	for what, ok := range map[string]bool{
		"address": shown.Lane.Address == rina.Address.ID, "message": shown.Messages[1].Text.Is("nama saya Rina, telp 0812 3456 7890"),
		"note": shown.Notes[0].Text.Is("telp ibu 0812 3456 7890"), "fact": shown.Facts[0].Value.Is("dekat 0812 3456 7890"),
		"photo": shown.Messages[2].Media.IsEmpty(), "location": !shown.Messages[3].Media.IsEmpty(),
	} {
		if !ok {
			t.Errorf("after the press: %s is wrong", what)
		}
	}
	if again, err := h.Open(t.Context(), h.budi, rina.Ref); err != nil || !again.Lane.Address.IsEmpty() || h.history(rina.Ref, "identity.revealed") != 1 {
		t.Errorf("the press holds for another page, or is not recorded: %v", err)
	}
}

// TestAnAlarmOfAnotherTeamsCaseNamesNoCase: it needs a person, whoever that is.
func TestAnAlarmOfAnotherTeamsCaseNamesNoCase(t *testing.T) {
	h := newHouse(t)
	dewi := h.hire("dewi", access.CaseWorker, in("batam"))
	rina := h.writes("AAA111", "sms")
	h.Tx(func(tx *store.Tx) error {
		return tx.RaiseAlarm(t.Context(), store.AlarmUndelivered, casefile.ID{}, rina.Lane, h.Now())
	})
	for who, want := range map[access.Staff]string{dewi: "", h.siti: "AAA111"} {
		if got := h.alarms(who); len(got) != 1 || got[0].Ref != want {
			t.Errorf("alarms %+v, want one of %q", got, want)
		}
	}
}

// TestNobodyKeepsACaseToThemselvesUnseen: where everybody who leads is kept out, an
// alarm stands that neither the one who did it can clear, nor those kept out can see.
func TestNobodyKeepsACaseToThemselvesUnseen(t *testing.T) {
	h := newHouse(t)
	agus := h.hire("agus", access.DutyOfficer, of("ngo:rumah"))
	admin := h.hire("wati", access.Administrator, nil)
	ani := h.hire("ani", access.Supervisor, nil)
	rina := h.writes("AAA111", "sms", locked)
	walled := func(who access.Staff) (id casefile.ID, clear bool) {
		for _, a := range h.alarms(who) {
			if a.Kind == store.AlarmWalled {
				return a.ID, a.Clear
			}
		}
		return casefile.ID{}, false
	}
	if _, err := h.Acknowledge(t.Context(), agus, rina.Ref); err != nil { // the ladder is silent from here on
		t.Fatal(err)
	}
	wantsNil(t, h.Exclude(t.Context(), agus, rina.Ref, "siti", "kenal pelaku"))
	if id, _ := walled(admin); !id.IsZero() {
		t.Error("ani still leads, and an alarm stands")
	}
	wantsNil(t, h.Exclude(t.Context(), agus, rina.Ref, "ani", "juga"))
	id, clear := walled(admin)
	if id.IsZero() || !clear {
		t.Fatal("nobody who leads may see the case, and nobody is told")
	}
	if theirs, clear := walled(agus); theirs != id || clear {
		t.Error("whoever did it does not see the alarm, or may clear it")
	}
	wantsNil(t, h.ClearAlarm(t.Context(), agus, id)) // nothing happens
	for _, who := range []access.Staff{h.siti, ani} {
		if id, _ := walled(who); !id.IsZero() {
			t.Error("the alarm tells them of the case")
		}
	}
	if still, _ := walled(admin); still != id {
		t.Error("the one who did it cleared the alarm")
	}
	boss := h.hire("rudi", access.Supervisor, nil) // whom the administrator calls in
	wantsNil(t, h.Lift(t.Context(), boss, rina.Ref, "siti", "tidak benar"))
	wantsNil(t, h.ClearAlarm(t.Context(), boss, id))
	if still, _ := walled(admin); !still.IsZero() {
		t.Error("a supervisor saw to it, and it stands")
	}
}

// TestWhatOthersTriedTellsAnotherAgencyNothing: an auditor of theirs does not read in
// the audit which case a colleague of ours was shut out of.
func TestWhatOthersTriedTellsAnotherAgencyNothing(t *testing.T) {
	h := newHouse(t)
	dewi := h.hire("dewi", access.CaseWorker, in("batam"))
	theirs, ours := h.hire("agus", access.Supervisor, of(access.Police)), h.hire("dedi", access.Auditor, nil)
	h.writes("AAA111", "sms", heard("police"))
	for _, who := range []access.Staff{dewi, theirs} {
		for _, ref := range []string{"AAA111", "ZZZ999"} {
			if _, err := h.Open(t.Context(), who, ref); !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
		}
	}
	for reader, want := range map[access.Staff][]string{theirs: {"true true", "true true", "false false", "false false"}, ours: {"false true", "false true", "false true", "false true"}} {
		page, err := h.Audit(t.Context(), reader, AuditQuery{Action: "case.not_reached"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range page.Records {
			got = append(got, fmt.Sprint(r.Actor == reader.Actor(), !r.Detail.IsEmpty()))
		}
		same(t, "attempts", got, want)
	}
}
