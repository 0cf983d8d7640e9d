package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

var onTelegram = []casefile.ChannelName{"telegram"}

// sends stores a photo, in a state of its message, of which nobody has looked yet.
func (d db) sends(c store.Found, providerID string, state store.MessageState) {
	d.t.Helper()
	m := store.Message{ID: casefile.NewID(noon), Channel: "telegram", ProviderID: providerID, Conversation: c.ID,
		Kind: casefile.KindPhoto, State: state, Media: casefile.Hide(`{"file_id":"` + providerID + `"}`), ReceivedAt: noon}
	d.must(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.StoreMessages(ctx, []store.Message{m}, map[casefile.ID]seal.Key{c.ID: c.Key})
		return err
	})
}

// looks notes one file for each message that nobody has looked at, and says how many
// there were.
func (d db) looks(channels ...casefile.ChannelName) (seen int) {
	d.t.Helper()
	d.must(func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.UnlookedMedia(ctx, channels, 10, noon)
		if seen = len(found); err != nil {
			return err
		}
		for _, u := range found {
			if err := tx.NoteMedia(ctx, u, []store.NewMedium{{Ref: u.Media}}, noon); err != nil {
				return err
			}
		}
		return nil
	})
	return seen
}

func (d db) fetches(channels []casefile.ChannelName, at time.Time) (claimed []store.Medium) {
	d.t.Helper()
	d.must(func(ctx context.Context, tx *store.Tx) (err error) {
		claimed, err = tx.ClaimMedia(ctx, channels, 10, at, at.Add(time.Minute))
		return err
	})
	return claimed
}

func TestMediaIsLookedAtOnceAndOnlyAfterItsTurn(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	d.sends(c, "u1", store.Waiting) // a turn may lock it at any moment
	d.sends(c, "u2", store.SetAside)
	d.sends(c, "u3", store.Recorded)
	if n := d.looks("sms"); n != 0 {
		t.Errorf("another channel looked at %d", n)
	}
	if n := d.looks(onTelegram...); n != 2 {
		t.Errorf("%d messages were looked at, want 2", n)
	}
	if n := d.looks(onTelegram...); n != 0 {
		t.Errorf("%d were looked at twice", n)
	}
}

func TestOneFetchesAFileAndWhoeverSleptKeepsNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.sends(d.rina(), "u1", store.Recorded)
	d.looks(onTelegram...)
	if got := d.fetches([]casefile.ChannelName{"sms"}, noon); len(got) != 0 {
		t.Fatal("another channel fetches it")
	}
	slept := d.fetches(onTelegram, noon)
	if len(slept) != 1 || !slept[0].Ref.Is(`{"file_id":"u1"}`) {
		t.Fatalf("%d files to fetch", len(slept))
	}
	if again := d.fetches(onTelegram, noon.Add(59*time.Second)); len(again) != 0 {
		t.Error("two fetch the same file")
	}
	next := d.fetches(onTelegram, noon.Add(time.Minute))
	if len(next) != 1 || next[0].Attempts != 2 {
		t.Fatalf("after the claim ran out %d fetch it", len(next))
	}
	keep := func(m store.Medium) error {
		return d.tx(func(ctx context.Context, tx *store.Tx) error {
			return tx.KeepMedium(ctx, m, []byte("original"), "image/jpeg", nil, noon)
		})
	}
	if err := keep(slept[0]); !errors.Is(err, store.ErrStale) {
		t.Errorf("whoever slept keeps it: %v", err)
	}
	if err := keep(next[0]); err != nil {
		t.Error(err)
	}
	late := d.tx(func(ctx context.Context, tx *store.Tx) error { return tx.MediumLater(ctx, slept[0], "timeout", noon) })
	if !errors.Is(late, store.ErrStale) {
		t.Errorf("what is kept was put off: %v", late)
	}
	if n := d.count(`SELECT count(*) FROM media_chunks`); n != 1 {
		t.Errorf("%d pieces, want those of one original", n)
	}
}

func TestAForgottenConversationKeepsNoFileThatWasOnItsWay(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	d.sends(c, "u1", store.Recorded)
	d.looks(onTelegram...)
	claimed := d.fetches(onTelegram, noon)
	d.must(func(ctx context.Context, tx *store.Tx) error {
		stones, err := tx.ForgetStray(ctx, c.ID, store.Forgetting{Why: store.ForgetDue, Actor: casefile.System("test"), At: noon, Echoes: noon})
		if len(stones) != 1 {
			t.Errorf("%d tombstones", len(stones))
		}
		return err
	})
	err := d.tx(func(ctx context.Context, tx *store.Tx) error {
		return tx.KeepMedium(ctx, claimed[0], []byte("original"), "image/jpeg", nil, noon)
	})
	if !errors.Is(err, store.ErrStale) {
		t.Errorf("kept after it was forgotten: %v", err)
	}
	if n := d.count(`SELECT (SELECT count(*) FROM media) + (SELECT count(*) FROM media_chunks)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestADamagedConversationHoldsUpNoOtherFile(t *testing.T) {
	t.Parallel()
	d := open(t)
	broken := d.rina()
	whole := d.bed.Starts(casefile.Address{Channel: "telegram", ID: casefile.Hide("771002")})
	d.sends(broken, "u1", store.Recorded)
	d.looks(onTelegram...) // one of it is noted before the key breaks, one comes after
	d.sends(broken, "u2", store.Recorded)
	d.sends(whole, "u3", store.Recorded)
	if _, err := d.bed.SQL().Exec(t.Context(), `UPDATE conversations SET wrapped_key = '\x0102030405' WHERE id = $1`, broken.ID); err != nil {
		t.Fatal(err)
	}
	d.looks(onTelegram...)
	if got := d.fetches(onTelegram, noon); len(got) != 1 || got[0].Conversation != whole.ID {
		t.Errorf("%d files to fetch, want the one of whoever can be read", len(got))
	}
	if n := d.count(`SELECT count(*) FROM conversations WHERE damaged_at IS NOT NULL`); n != 1 {
		t.Errorf("%d conversations are marked as damaged", n)
	}
}
