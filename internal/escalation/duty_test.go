package escalation

import (
	"context"
	"errors"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

func TestParseStaff(t *testing.T) {
	t.Parallel()
	cases := map[string]StaffCommand{
		"OK K7Q2":          {SayOK, "K7Q2"},
		" ok k7q2. ":       {SayOK, "K7Q2"},
		"ok:K7Q2":          {SayOK, "K7Q2"},
		"Oke k7 q2":        {SayOK, "K7Q2"},
		"OKK7Q2":           {SayOK, "K7Q2"},
		"ok k7q2 siap pak": {SayOK, "K7Q2"},
		"ok":               {SayOK, ""},
		"ok siap meluncur": {},
		"ok K7Q":           {},
		"ok K7QO":          {}, // no O in any code
		"ON":               {SayOn, ""},
		"/off":             {SayOff, ""},
		"on my way":        {},
		"LINK ABCD-EFGH":   {}, // A and E are in no code
		"LINK CDFG-2345":   {SayLink, "CDFG2345"},
		"/start CDFG2345":  {SayLink, "CDFG2345"},
		"/start":           {},
		"link":             {},
		"":                 {},
		"tolong":           {},
		"\u200bok k7q2":    {SayOK, "K7Q2"},
	}
	for text, want := range cases {
		if got := ParseStaff(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func FuzzParseStaff(f *testing.F) {
	for _, seed := range []string{"OK K7Q2", "on", "OFF", "link CDFG-2345", "ok:k7q2", "ıok", "\x00", "ok k 7 q 2 x x x x x x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := ParseStaff(text)
		switch got.Verb {
		case NoVerb, SayOn, SayOff:
			if got.Code != "" {
				t.Errorf("%q has no code, and yet %q", got.Verb, got.Code)
			}
		case SayOK:
			if got.Code != "" && !isCode(got.Code, 4, 6) {
				t.Errorf("code %q", got.Code)
			}
		case SayLink:
			if !isCode(got.Code, linkSize, linkSize) {
				t.Errorf("link code %q", got.Code)
			}
		default:
			t.Errorf("unknown verb %q", got.Verb)
		}
		if again := ParseStaff(string(got.Verb) + " " + got.Code); again != got {
			t.Errorf("%+v written out reads as %+v", got, again)
		}
	})
}

func TestALinkCodeWorksOnceAndForADay(t *testing.T) {
	h := newHouse(t)
	h.joins("budi")
	h.joins("sari", "telegram")
	newCode := func(name string) (code string) {
		h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
			code, err = h.ladder.NewLinkCode(ctx, tx, h.staff[name], casefile.System("command"), h.now)
			return err
		})
		parsed := ParseStaff("LINK " + code)
		if parsed.Verb != SayLink {
			t.Fatal("a link code of ours can't be read")
		}
		return parsed.Code
	}
	link := func(code, chat string) (staff casefile.ID, ok bool) {
		t.Helper()
		h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
			staff, ok, err = h.ladder.Link(ctx, tx, code, casefile.Address{Channel: "telegram", ID: casefile.Hide(chat)}, h.now)
			return err
		})
		return staff, ok
	}
	first := newCode("budi")
	code := newCode("budi")
	if _, ok := link(first, "5001"); ok {
		t.Error("a replaced code works")
	}
	if _, ok := link(code, "saritelegram"); ok {
		t.Error("budi took sari's chat")
	}
	if staff, ok := link(code, "5001"); !ok || staff != h.staff["budi"] {
		t.Fatal("a failed link must not spend the code")
	}
	if _, ok := link(code, "5002"); ok {
		t.Error("a code works twice")
	}
	late := newCode("budi")
	h.now = h.now.Add(LinkLasts)
	if _, ok := link(late, "5003"); ok {
		t.Error("a code of yesterday works")
	}
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		chat := casefile.Address{Channel: "telegram", ID: casefile.Hide("5001")}
		found, err := tx.FindStaff(ctx, []casefile.Address{chat, {Channel: "sms", ID: casefile.Hide("5001")}})
		if err == nil && (len(found) != 1 || found[chat].Login != "budi" || !found[chat].Name.Is("budi")) {
			t.Errorf("found %d staff behind the chat", len(found))
		}
		return err
	})
}

func TestDisabledStaffHearAndDoNothing(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.tx(func(ctx context.Context, tx *store.Tx) error { return tx.DisableStaff(ctx, h.staff["budi"], h.now) })
	h.learns("danger_now=yes")
	h.alerted("sari/telegram", "joko/sms") // the first rung had only budi
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.FindStaff(ctx, []casefile.Address{{Channel: "telegram", ID: casefile.Hide("buditelegram")}})
		if len(found) != 0 {
			t.Error("a disabled member of staff is still known by address")
		}
		if changed, err := tx.SetDuty(ctx, h.staff["budi"], true, h.now); changed || err != nil {
			t.Error("a disabled member of staff went on duty")
		}
		if _, ok, err := tx.StaffReach(ctx, h.staff["budi"], "telegram"); ok || err != nil {
			t.Error("a disabled member of staff can be reached")
		}
		return err
	})
}

func TestAChannelThatFailsIsTriedLast(t *testing.T) {
	h := newHouse(t)
	h.joins("budi", "on", "telegram", "sms")
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		return tx.StaffAddressFailed(ctx, h.staff["budi"], "telegram", h.now)
	})
	h.learns("danger_now=yes")
	h.alerted("budi/sms")
}

func TestWatches(t *testing.T) {
	h := newHouse(t)
	due := func(at time.Time) (kinds []store.WatchKind) {
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			watches, err := tx.DueWatches(ctx, at, 10)
			for _, w := range watches {
				kinds = append(kinds, w.Kind)
			}
			return err
		})
		return kinds
	}
	set := func(w map[store.WatchKind]time.Time) {
		h.tx(func(ctx context.Context, tx *store.Tx) error { return tx.SetWatches(ctx, h.rina.ID, w) })
	}
	set(map[store.WatchKind]time.Time{store.WatchCry: noon.Add(SilenceAfterCry), store.WatchFirstMessage: noon.Add(SilenceAfter)})
	if got := due(noon.Add(SilenceAfterCry)); len(got) != 1 || got[0] != store.WatchCry {
		t.Errorf("due after five minutes: %v", got)
	}
	h.now = noon.Add(time.Minute)
	set(map[store.WatchKind]time.Time{store.WatchFirstMessage: h.now.Add(SilenceAfter)})
	if got := due(noon.Add(SilenceAfter)); len(got) != 0 {
		t.Errorf("due although she wrote again: %v", got)
	}
	end := func(at time.Time) (still bool) {
		h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
			still, err = tx.EndWatch(ctx, store.Watch{Conversation: h.rina.ID, Kind: store.WatchFirstMessage}, at)
			return err
		})
		return still
	}
	if at := h.now.Add(SilenceAfter); end(at.Add(-time.Second)) || !end(at) || end(at) {
		t.Error("a watch must end when it is due, and once")
	}
	set(nil)
	if got := due(noon.Add(24 * time.Hour)); len(got) != 0 {
		t.Errorf("left over: %v", got)
	}
}

func TestStaffAreKeptAndListed(t *testing.T) {
	h := newHouse(t)
	h.joins("budi", "on", "telegram")
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.AllStaff(ctx)
		if err != nil {
			return err
		}
		byLogin, err := tx.StaffByLogin(ctx, "budi")
		if err != nil || len(all) != 1 || all[0].ID != byLogin.ID || !byLogin.OnDuty || !byLogin.Name.Is("budi") || byLogin.Team != store.MainTeam {
			t.Errorf("staff %+v", all)
		}
		if _, err := tx.StaffByID(ctx, casefile.NewID(h.now)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown id: %v", err)
		}
		addresses, err := tx.StaffAddresses(ctx, byLogin.ID)
		if len(addresses) != 1 || !addresses[0].ID.Is("buditelegram") {
			t.Errorf("%d addresses", len(addresses))
		}
		reach, ok, err2 := tx.StaffReach(ctx, byLogin.ID, "telegram")
		if !ok || !reach.Address.Is("buditelegram") || err2 != nil {
			t.Error("budi can't be reached")
		}
		return err
	})
	err := h.db.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.AddStaff(t.Context(), store.Staff{ID: casefile.NewID(h.now), Login: "budi", Name: casefile.Hide("x"), Role: "auditor",
			Team: store.MainTeam, Languages: []string{"id"}, Lang: casefile.Indonesian, CreatedAt: h.now})
	})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("a second budi: %v, want a conflict", err)
	}
}
