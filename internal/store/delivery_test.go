package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// queues puts letters of rina's into the outbox.
func (d db) queues(c store.Found, letters ...store.Letter) {
	d.t.Helper()
	d.must(func(ctx context.Context, tx *store.Tx) error {
		for _, l := range letters {
			if err := tx.Queue(ctx, l, c.Key); err != nil {
				return err
			}
		}
		return nil
	})
}

// claims claims at a moment and returns the letters.
func (d db) claims(c store.Claiming) (letters []store.Letter) {
	d.t.Helper()
	d.must(func(ctx context.Context, tx *store.Tx) (err error) {
		letters, _, err = tx.ClaimLetters(ctx, c)
		return err
	})
	return letters
}

// sending queues a letter and claims it.
func (d db) sending(c store.Found) store.Letter {
	d.t.Helper()
	d.queues(c, letter(c, noon, store.InItsTurn))
	return d.claims(claiming(casefile.NewID(noon), 1, noon))[0]
}

// settles settles and returns how many letters that ended.
func (d db) settles(s ...store.Settlement) (ended int) {
	d.t.Helper()
	d.must(func(ctx context.Context, tx *store.Tx) error {
		done, err := tx.Settle(ctx, s)
		ended = len(done)
		return err
	})
	return ended
}

// state is how a letter stands.
func (d db) state(id casefile.ID) (s string) {
	d.t.Helper()
	d.must(func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.FindConversations(ctx, []casefile.Address{{Channel: "telegram", ID: casefile.Hide("771001")}})
		if err != nil {
			return err
		}
		lane, err := tx.Conversation(ctx, found[0].ID)
		if err != nil {
			return err
		}
		letters, err := tx.ConversationLetters(ctx, lane)
		for _, l := range letters {
			if l.ID == id {
				s = fmt.Sprintf("%s attempts %d twice %v", l.State, l.Attempts, l.PerhapsTwice)
			}
		}
		return err
	})
	return s
}

func TestClaimsKeepToTheirChannelAndToTheirShare(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	danger := letter(c, noon, store.DangerFirst)
	d.queues(c, danger)
	claim := claiming(casefile.NewID(noon), 10, noon)
	claim.Channels = []casefile.ChannelName{"sms"}
	if got := d.claims(claim); len(got) != 0 {
		t.Errorf("%d letters of another channel were claimed", len(got))
	}
	claim.Others = true
	claim.Urgent = 0
	if got := d.claims(claim); len(got) != 0 {
		t.Errorf("%d urgent letters were claimed with the share of the others", len(got))
	}
	claim.Urgent, claim.Ordinary = 1, 0
	if got := d.claims(claim); len(got) != 1 || got[0].ID != danger.ID {
		t.Errorf("%d letters claimed from elsewhere, want the one of the channel nobody named", len(got))
	}
}

func TestWhoeverSleptSettlesOnlyWhatNobodyTookUp(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	first := d.sending(c)
	later := noon.Add(2 * time.Minute)
	expire := func() {
		d.must(func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.ExpireClaims(ctx, later)
			if n != 1 {
				t.Fatalf("expired %d claims, want 1", n)
			}
			return err
		})
	}
	sent := func(l store.Letter) store.Settlement {
		return store.Settlement{Letter: l.ID, Claim: l.Claim, State: "sent", MessageRef: "9", At: later, Of: l}
	}

	expire()
	second := d.claims(claiming(casefile.NewID(later), 1, later))[0]
	if n := d.settles(sent(first)); n != 0 {
		t.Errorf("a process that slept ended %d letters that another is sending", n)
	}
	if got, want := d.state(first.ID), "claimed attempts 2 twice true"; got != want {
		t.Errorf("the letter two processes sent is %q, want %q", got, want)
	}
	if n := d.settles(sent(second)); n != 1 {
		t.Errorf("the process that holds the claim ended %d letters, want 1", n)
	}

	other := letter(c, noon, store.InItsTurn)
	d.queues(c, other)
	slept := d.claims(claiming(casefile.NewID(later), 1, noon))[0]
	expire()
	if n := d.settles(sent(slept)); n != 1 {
		t.Errorf("a process that slept and knows the outcome ended %d letters nobody took up, want 1", n)
	}
	if got, want := d.state(other.ID), "sent attempts 1 twice false"; got != want {
		t.Errorf("the letter is %q, want %q", got, want)
	}
}

func TestPuttingBackIsNoAttempt(t *testing.T) {
	t.Parallel()
	d := open(t)
	got := d.sending(d.rina())
	d.settles(store.Settlement{Letter: got.ID, Claim: got.Claim, State: "queued", NotTried: true, NotBefore: noon.Add(time.Second), At: noon, Of: got})
	if got, want := d.state(got.ID), "queued attempts 0 twice false"; got != want {
		t.Errorf("a letter that was put back is %q, want %q", got, want)
	}
	if got := d.claims(claiming(casefile.NewID(noon), 1, noon)); len(got) != 0 {
		t.Error("it was claimed again at once")
	}
}

func TestAWordThatCameTooEarlyWaitsForItsLetter(t *testing.T) {
	t.Parallel()
	d := open(t)
	note := func(state string) {
		d.must(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.LockRefs(ctx, "telegram", []string{"SM1"}); err != nil {
				return err
			}
			_, err := tx.NoteStatus(ctx, "telegram", store.Status{MessageRef: "SM1", State: state, Reason: "word", At: noon})
			return err
		})
	}
	note("failed")
	note("delivered")
	note("failed") // never backwards
	take := func() (early []store.Status) {
		d.must(func(ctx context.Context, tx *store.Tx) (err error) {
			early, err = tx.EarlyStatuses(ctx, "telegram", []string{"SM0", "SM1"})
			return err
		})
		return early
	}
	if early := take(); len(early) != 1 || early[0].State != "delivered" || early[0].MessageRef != "SM1" {
		t.Errorf("early statuses %+v, want one: delivered", early)
	}
	if early := take(); len(early) != 0 {
		t.Errorf("%d early statuses are left after they were taken", len(early))
	}
	l := d.sending(d.rina())
	d.settles(store.Settlement{Letter: l.ID, Claim: l.Claim, State: "sent", MessageRef: "SM1", At: noon, Of: l})
	note("delivered")
	note("failed")
	if got, want := d.state(l.ID), "delivered attempts 1 twice false"; got != want {
		t.Errorf("the letter is %q, want %q", got, want)
	}
	if early := take(); len(early) != 0 {
		t.Errorf("a word on a letter that is over was kept as early: %+v", early)
	}
}

func TestNoWordIsLostBetweenTheProviderAndOurOwnNote(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	for round := range 10 {
		l, ref := d.sending(c), fmt.Sprint("SM", round)
		apply := func(ctx context.Context, tx *store.Tx, s store.Status) error {
			_, err := tx.NoteStatus(ctx, "telegram", s)
			return err
		}
		sides := []func(ctx context.Context, tx *store.Tx) error{
			func(ctx context.Context, tx *store.Tx) error {
				if err := tx.LockRefs(ctx, "telegram", []string{ref}); err != nil {
					return err
				}
				return apply(ctx, tx, store.Status{MessageRef: ref, State: "delivered", At: noon})
			},
			func(ctx context.Context, tx *store.Tx) error {
				if err := tx.LockRefs(ctx, "telegram", []string{ref}); err != nil {
					return err
				}
				if _, err := tx.Settle(ctx, []store.Settlement{{Letter: l.ID, Claim: l.Claim, State: "sent", MessageRef: ref, At: noon, Of: l}}); err != nil {
					return err
				}
				early, err := tx.EarlyStatuses(ctx, "telegram", []string{ref})
				for _, s := range early {
					err = apply(ctx, tx, s)
				}
				return err
			},
		}
		var both sync.WaitGroup
		for _, side := range sides {
			both.Go(func() {
				if err := d.InTx(context.WithoutCancel(t.Context()), func(tx *store.Tx) error { return side(t.Context(), tx) }); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if got, want := d.state(l.ID), "delivered attempts 1 twice false"; got != want {
			t.Fatalf("round %d: the letter is %q, want %q", round, got, want)
		}
	}
}
