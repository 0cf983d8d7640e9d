package rekey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/seal"
	"pulang/internal/store"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// house is a database and a keyset file, and what was sealed with it.
type house struct {
	*testing.T
	url, file string
	staff     casefile.ID
}

// newHouse has people, a member of staff, messages, and an entry of the audit.
func newHouse(t *testing.T, people int) *house {
	t.Helper()
	h := &house{T: t, url: stack.Database(t), file: filepath.Join(t.TempDir(), "keyset"), staff: casefile.NewID(noon)}
	if err := seal.Create(h.file, nil); err != nil {
		t.Fatal(err)
	}
	p := h.process()
	for i := range people {
		if err := p.hears(h, chat(i)); err != nil {
			t.Fatal(err)
		}
	}
	h.must(p.InTx(t.Context(), func(tx *store.Tx) error {
		member := store.Staff{ID: h.staff, Login: "dewi", Name: casefile.Hide("Dewi"), Role: "supervisor", Team: "main", Languages: []string{"id"}, Lang: "id", CreatedAt: noon}
		if err := tx.AddStaff(t.Context(), member); err != nil {
			return err
		}
		m := store.Message{ID: casefile.NewID(noon), Channel: "sms", ProviderID: "n1", Kind: casefile.KindText, State: store.Recorded, Text: casefile.Hide("OK K7Q2"), ReceivedAt: noon}
		if _, err := tx.StoreMessages(t.Context(), []store.Message{m}, nil); err != nil {
			return err
		}
		return tx.SetStaffAddress(t.Context(), h.staff, number, noon)
	}))
	return h
}

var number = casefile.Address{Channel: "sms", ID: casefile.Hide("+12025550144")}

func chat(n int) casefile.Address {
	return casefile.Address{Channel: "telegram", ID: casefile.Hide(fmt.Sprint(7000 + n))}
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// process is a program with its own reading of the file.
type process struct {
	*store.Store
	keys *seal.Keys
	id   casefile.ID
}

func (h *house) process() process {
	h.Helper()
	keys, err := seal.OpenFile(h.file, nil)
	h.must(err)
	s, err := store.Open(store.Options{URL: h.url, Keys: keys, Pool: 6})
	h.must(err)
	h.Cleanup(s.Close)
	return process{s, keys, casefile.NewID(noon)}
}

// reads is what a serving process does each second.
func (p process) reads(ctx context.Context) error {
	_, err := p.keys.Refresh()
	return errors.Join(err, p.SeeKeys(ctx, store.KeysReader{Process: p.id, Name: "host:1", Generation: p.keys.Generation()}, noon))
}

// hears stores a message of a person, and starts the conversation when there is none.
func (p process) hears(h *house, a casefile.Address) error {
	return p.InTx(h.Context(), func(tx *store.Tx) error {
		c, err := p.find(h.Context(), tx, a)
		if err != nil {
			return err
		}
		m := store.Message{ID: casefile.NewID(noon), Channel: a.Channel, ProviderID: fmt.Sprint("m", casefile.NewID(noon)), Conversation: c.ID,
			Kind: casefile.KindText, State: store.Waiting, Text: casefile.Hide("tolong"), ReceivedAt: noon}
		_, err = tx.StoreMessages(h.Context(), []store.Message{m}, map[casefile.ID]seal.Key{c.ID: c.Key})
		return err
	})
}

func (process) find(ctx context.Context, tx *store.Tx, a casefile.Address) (store.Found, error) {
	for range 2 {
		found, err := tx.FindConversations(ctx, []casefile.Address{a})
		switch {
		case err != nil:
			return store.Found{}, err
		case len(found) > 1:
			return store.Found{}, errors.New("two conversations for one address")
		case len(found) == 1:
			return found[0], nil
		}
		if err := tx.StartConversation(ctx, a, casefile.Indonesian, "", noon); err != nil {
			return store.Found{}, err
		}
	}
	return store.Found{}, errors.New("a conversation was started and is not found")
}

// rotation is one whose waits are over at once; during each of them others do what
// they do.
func (h *house) rotation(p process, others func(context.Context)) Rotation {
	return Rotation{Keys: p.keys, Store: p.Store, Now: func() time.Time { return noon }, Say: func(string) {}, After: func(time.Duration) <-chan time.Time {
		others(h.Context())
		over := make(chan time.Time, 1)
		over <- noon
		return over
	}}
}

// opens fails unless a process finds and opens everything that was sealed.
func (h *house) opens(p process, people int) {
	h.Helper()
	h.must(p.InTx(h.Context(), func(tx *store.Tx) error {
		var all []casefile.Address
		for i := range people {
			all = append(all, chat(i))
		}
		found, err := tx.FindConversations(h.Context(), all)
		if err != nil || len(found) != people {
			return fmt.Errorf("%d conversations of %d: %w", len(found), people, err)
		}
		for _, f := range found {
			c, err := tx.Conversation(h.Context(), f.ID)
			if err != nil || c.Address != f.Address.ID {
				return fmt.Errorf("a conversation is not that of its address: %w", err)
			}
			waiting, err := tx.WaitingMessages(h.Context(), []store.Conversation{c})
			if err != nil || len(waiting[c.ID]) == 0 || !waiting[c.ID][0].Text.Is("tolong") {
				return fmt.Errorf("a message does not open: %w", err)
			}
		}
		staff, err := tx.FindStaff(h.Context(), []casefile.Address{number})
		if who := staff[number]; err != nil || !who.Name.Is("Dewi") {
			return fmt.Errorf("staff is not recognised: %w", err)
		}
		reached, err := tx.StaffAddresses(h.Context(), h.staff)
		if err != nil || len(reached) != 1 || reached[0] != number {
			return fmt.Errorf("the address of staff does not open: %w", err)
		}
		return nil
	}))
}

// turned fails unless nothing at all is left under keys that are gone.
func (h *house) turned(p process, before *seal.Keys) {
	h.Helper()
	if p.keys.Phase() != seal.Steady || p.keys.Slot() == before.Slot() || bytes.Equal(p.keys.WrapPrefix(), before.WrapPrefix()) {
		h.Errorf("the keys were not turned over (%s)", p.keys.Phase())
	}
	h.must(p.InTx(h.Context(), func(tx *store.Tx) error {
		stale, err := tx.StaleKeys(h.Context())
		if stale != (store.StaleKeys{}) {
			h.Errorf("left under the old keys: %+v", stale)
		}
		return err
	}))
}

func TestARotationLeavesNothingUnderTheOldKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 2*batch+20)
	before, p := h.process(), h.process()
	h.must(h.rotation(p, func(context.Context) {}).Run(t.Context()))
	h.turned(p, before.keys)
	h.opens(p, 2*batch+20)
	h.opens(h.process(), 2*batch+20)
	again := h.process()
	h.must(h.rotation(p, func(context.Context) {}).Run(t.Context())) // the next takes the other slot
	h.turned(p, again.keys)
	h.opens(h.process(), 2*batch+20)
}

func TestADamagedDataKeyIsPassedOverAndSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 5)
	before, p := h.process(), h.process()
	var bad casefile.ID
	h.must(p.InTx(t.Context(), func(tx *store.Tx) error {
		found, err := p.find(t.Context(), tx, chat(2))
		bad = found.ID
		return err
	}))
	db, err := pgx.Connect(t.Context(), h.url)
	h.must(err)
	_, err = db.Exec(t.Context(), `UPDATE conversations SET wrapped_key = overlay(wrapped_key placing '\x00' from 20) WHERE id = $1`, bad)
	h.must(errors.Join(err, db.Close(t.Context())))
	var said []string
	r := h.rotation(p, func(context.Context) {})
	r.Say = func(text string) { said = append(said, text) }
	h.must(r.Run(t.Context()))
	if !slices.ContainsFunc(said, func(text string) bool { return strings.Contains(text, "Passed over 1 ") }) {
		t.Errorf("the operator is not told: %q", said)
	}
	h.must(p.InTx(t.Context(), func(tx *store.Tx) error {
		stale, err := tx.StaleKeys(t.Context())
		if want := (store.StaleKeys{Damaged: 1}); stale != want {
			t.Errorf("left: %+v, want %+v", stale, want)
		}
		if _, lost := tx.Conversation(t.Context(), bad); !errors.Is(lost, store.ErrDamaged) {
			t.Errorf("reading it: %v, want ErrDamaged", lost)
		}
		alarms, wrong := tx.Alarms(t.Context())
		if len(alarms) != 1 || alarms[0].Kind != store.AlarmDamaged || alarms[0].Conversation != bad {
			t.Errorf("alarms: %+v, want one about the damaged conversation", alarms)
		}
		return errors.Join(err, wrong)
	}))
	if p.keys.Phase() != seal.Steady || bytes.Equal(p.keys.WrapPrefix(), before.keys.WrapPrefix()) {
		t.Error("the keys were not turned over")
	}
	h.must(p.hears(h, chat(2))) // the person writes again, and is heard
	h.opens(h.process(), 5)
}

func TestTheLineGoesOnThroughARotation(t *testing.T) {
	t.Parallel()
	const known, people = 60, 90 // the others write for the first time meanwhile
	h := newHouse(t, known)
	rotator, before := h.process(), h.process()
	serving := []process{h.process(), h.process()}
	for _, p := range serving {
		h.must(p.reads(t.Context()))
	}
	var stop atomic.Bool
	var work sync.WaitGroup
	for i, p := range serving {
		work.Go(func() {
			for n := 0; !stop.Load() || n < people; n++ { // both write as the same people, in the same order
				err := p.hears(h, chat(n%people))
				if err != nil && !errors.Is(err, store.ErrStale) { // whose provider repeats
					t.Errorf("process %d: %v", i, err)
					return
				}
			}
		})
	}
	err := h.rotation(rotator, func(ctx context.Context) {
		for _, p := range serving {
			if err := p.reads(ctx); err != nil {
				t.Errorf("reading the keys: %v", err)
			}
		}
	}).Run(t.Context())
	stop.Store(true)
	work.Wait()
	h.must(err)
	h.turned(rotator, before.keys)
	for _, p := range append(serving, h.process()) {
		h.opens(p, people)
	}
}

// dying is a context that ends after it was looked at so many times in one phase of
// the rotation, or once in the next: the rotation is stopped in the middle of whatever
// it does then.
type dying struct {
	context.Context
	end   context.CancelFunc
	keys  *seal.Keys
	phase seal.Phase
	left  atomic.Int64
}

func (d *dying) look() {
	if d.left.Add(-1) == 0 || d.keys.Phase() != d.phase {
		d.end()
	}
}

// Err is for the context.
func (d *dying) Err() error { d.look(); return d.Context.Err() }

// Done is for the context.
func (d *dying) Done() <-chan struct{} { d.look(); return d.Context.Done() }

func TestARotationThatIsKilledIsCarriedOn(t *testing.T) {
	t.Parallel()
	const people = batch + 10
	h := newHouse(t, people)
	before, serving := h.process(), h.process()
	kills, lives := map[seal.Phase]int{}, int64(1)
	for last := seal.Steady; ; {
		p := h.process() // every call is a new process
		if p.keys.Phase() != last {
			last, lives = p.keys.Phase(), 1
		}
		ctx, cancel := context.WithCancel(t.Context())
		d := &dying{Context: ctx, end: cancel, keys: p.keys, phase: last}
		d.left.Store(lives)
		err := h.rotation(p, func(ctx context.Context) { h.must(serving.reads(ctx)) }).Run(d)
		cancel()
		p.Close()
		if err == nil {
			break
		}
		kills[last]++
		lives += 2 + lives/2
		now := h.process()
		h.opens(now, people)
		h.opens(serving, people) // also one that has not read the newest file
		h.must(serving.hears(h, chat(kills[last]%people)))
		now.Close()
	}
	for _, phase := range []seal.Phase{seal.Steady, seal.Introduced, seal.Promoted, seal.Retired} {
		if kills[phase] < 5 {
			t.Errorf("it was killed %d times while %q: that is not enough to say that it may be", kills[phase], phase)
		}
	}
	h.turned(h.process(), before.keys)
	h.opens(h.process(), people)
}

func TestNoStepIsTakenBeforeEveryLiveProcessIsThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 3)
	rotator, slow, dead := h.process(), h.process(), h.process()
	h.must(slow.reads(t.Context()))
	h.must(dead.SeeKeys(t.Context(), store.KeysReader{Process: dead.id, Name: "host:2"}, noon.Add(-time.Minute)))
	var said []string
	waits := 0
	r := h.rotation(rotator, func(ctx context.Context) {
		if waits++; waits == 5 {
			h.must(slow.reads(ctx))
		} else if waits < 5 && rotator.keys.Phase() != seal.Introduced {
			t.Errorf("%q while a process has not read it", rotator.keys.Phase())
		}
		if waits > 5 {
			h.must(slow.reads(ctx))
		}
	})
	r.Say = func(s string) { said = append(said, s) }
	h.must(r.Run(t.Context()))
	if waits < 5 || !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, "host:1") && !strings.Contains(s, "host:2") }) {
		t.Errorf("it must say whom it waits for, and not for the dead: %q", said)
	}
}

func TestAProcessThatSleptThroughARotationDoesNoHarm(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 3)
	asleep := h.process()
	h.must(h.rotation(h.process(), func(context.Context) {}).Run(t.Context()))
	err := asleep.InTx(t.Context(), func(tx *store.Tx) error { // it looked before it fell asleep, and found nobody
		return tx.StartConversation(t.Context(), chat(0), "id", "", noon)
	})
	if !errors.Is(err, store.ErrOldKeys) {
		t.Errorf("its first commit: %v, want ErrOldKeys", err)
	}
	h.must(asleep.hears(h, chat(0)))
	h.opens(asleep, 3)
	h.opens(h.process(), 3)
}

func TestTheAuditStaysReadableAndItsKeyGoesWithIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	p := h.process()
	h.must(h.rotation(p, func(context.Context) {}).Run(t.Context()))
	if _, older := p.keys.OwnPrefixes(); len(older) != 0 {
		t.Fatalf("no detail was audited, and %d old own keys are kept", len(older))
	}
	at := seal.Place{Table: "staff", Column: "signin_step", Row: h.staff}
	elsewhere, err := p.keys.Own().Seal(at, []byte("x"))
	h.must(err)
	h.must(p.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.Audit(t.Context(), store.Entry{At: noon, Actor: casefile.System("test"), Action: "test.done", Detail: casefile.Hide("why")})
	}))
	h.must(h.rotation(p, func(context.Context) {}).Run(t.Context()))
	if _, older := p.keys.OwnPrefixes(); len(older) != 1 {
		t.Errorf("%d old own keys are kept for the audit, want 1", len(older))
	}
	if plain, err := h.process().keys.Own().Open(at, elsewhere); err != nil || string(plain) != "x" {
		t.Errorf("what the kept key sealed: %v", err)
	}
	h.turned(p, h.process().keysOfSlot(1-p.keys.Slot()))
}

// keysOfSlot is another keyset whose index key has a slot: to compare with.
func (process) keysOfSlot(slot int) *seal.Keys {
	k, _ := seal.New()
	for k.Slot() != slot {
		_ = k.Introduce()
		_ = k.Promote()
		_ = k.Retire(nil)
		_ = k.Finish()
	}
	return k
}

func TestOnlyOneRotationRuns(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	p, other := h.process(), h.process()
	met := 0
	r := h.rotation(p, func(ctx context.Context) {
		if err := h.rotation(other, func(context.Context) {}).Run(ctx); errors.Is(err, ErrBusy) {
			met++
		} else {
			t.Errorf("a second rotation: %v, want ErrBusy", err)
		}
	})
	h.must(r.Run(t.Context()))
	if met == 0 {
		t.Error("they never met")
	}
}

func TestIntroducingAloneSealsNothingWithTheNewKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 2)
	p, before := h.process(), h.process()
	r := h.rotation(p, func(context.Context) {})
	r.IntroduceOnly = true
	h.must(r.Run(t.Context()))
	h.must(r.Run(t.Context())) // again changes nothing
	if p.keys.Phase() != seal.Introduced || !bytes.Equal(p.keys.WrapPrefix(), before.keys.WrapPrefix()) || p.keys.Fingerprint() == before.keys.Fingerprint() {
		t.Errorf("it is %q", p.keys.Phase())
	}
	r.IntroduceOnly = false
	h.must(r.Run(t.Context()))
	h.turned(p, before.keys)
	h.opens(h.process(), 2)
}

func TestACopyFromTheMiddleOfARotationIsBroughtForward(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 3)
	before, err := os.ReadFile(h.file)
	h.must(err)
	p := h.process()
	r := h.rotation(p, func(context.Context) {})
	r.IntroduceOnly = true
	h.must(r.Run(t.Context()))
	middle, err := os.ReadFile(h.file) // when an escrow of the new keys is made
	h.must(err)
	r.IntroduceOnly = false
	h.must(r.Run(t.Context()))
	h.must(os.WriteFile(h.file, middle, 0o600))
	restored := h.process()
	if err := restored.CheckKeys(t.Context()); !errors.Is(err, store.ErrOldKeys) {
		t.Errorf("serving with it: %v, want ErrOldKeys", err)
	}
	h.must(h.rotation(restored, func(context.Context) {}).Run(t.Context()))
	if restored.keys.Phase() != seal.Steady || restored.keys.Fingerprint() == p.keys.Fingerprint() || !bytes.Equal(restored.keys.WrapPrefix(), p.keys.WrapPrefix()) {
		t.Error("it must come to the same keys, and keep the old own key besides")
	}
	h.must(restored.CheckKeys(t.Context()))
	h.opens(restored, 3)
	h.must(restored.hears(h, chat(0)))

	h.must(h.rotation(restored, func(context.Context) {}).Run(t.Context())) // the next rotation
	for name, copied := range map[string][]byte{"from before both": before, "from the middle of the first": middle} {
		h.must(os.WriteFile(h.file, copied, 0o600))
		if err := h.rotation(h.process(), func(context.Context) {}).Run(t.Context()); !errors.Is(err, store.ErrOldKeys) {
			t.Errorf("a copy %s: %v, want ErrOldKeys", name, err)
		}
		if after, err := os.ReadFile(h.file); err != nil || !bytes.Equal(after, copied) {
			t.Errorf("a copy %s was changed (%v)", name, err)
		}
	}
}

func TestAReaderFollowsTheFileAndLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	p, rotator := h.process(), h.process()
	r := NewReader(p.keys, p.Store, func() time.Time { return noon }, "host:7", func(err error) { t.Errorf("reading: %v", err) })
	r.Start(t.Context())
	rotation := h.rotation(rotator, func(context.Context) {})
	rotation.After = time.After
	rotation.IntroduceOnly = true
	for { // until the reader is known, so that the rotation has somebody to wait for
		readers, err := rotator.KeysReaders(t.Context(), noon)
		h.must(err)
		if len(readers) == 1 && readers[0].Name == "host:7" {
			break
		}
	}
	h.must(rotation.Run(t.Context()))
	if p.keys.Phase() != seal.Introduced {
		t.Errorf("the rotation went on, and the process is at %q", p.keys.Phase())
	}
	h.must(r.Stop(t.Context()))
	if readers, err := rotator.KeysReaders(t.Context(), noon); err != nil || len(readers) != 0 {
		t.Errorf("after it stopped: %d readers, %v", len(readers), err)
	}
}

// TestAReaderWithoutItsFileIsWaitedFor: a file that cannot be read makes nothing slower
// that a rotation looks at, or it would go on without a process that lives.
func TestAReaderWithoutItsFileIsWaitedFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	p := h.process()
	h.must(os.WriteFile(h.file, []byte(`{"pulang_key`), 0o600)) // half of a copy
	at, heard := noon, 0
	r := NewReader(p.keys, p.Store, func() time.Time { return at }, "host:7", func(error) { heard++ })
	for second := range 60 {
		at = noon.Add(time.Duration(second) * time.Second)
		if more, err := r.pass(t.Context()); more || err != nil {
			t.Fatalf("second %d: %t, %v: the loop would wait longer each time", second, more, err)
		}
		if readers, err := p.KeysReaders(t.Context(), at); err != nil || len(readers) != 1 {
			t.Fatalf("second %d: %d readers are seen, %v", second, len(readers), err)
		}
	}
	if heard != 2 {
		t.Errorf("the trouble was told %d times in a minute, want 2", heard)
	}
}
