package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func keys(t *testing.T) *Keys {
	t.Helper()
	k, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAValueOpensOnlyInItsOwnPlace(t *testing.T) {
	t.Parallel()
	k := keys(t)
	conversation := casefile.NewID(now)
	key, wrapped, err := k.NewDataKey(conversation)
	if err != nil {
		t.Fatal(err)
	}
	at := Place{"messages", "text", casefile.NewID(now)}
	sealed, err := key.SealText(at, casefile.Hide("tolong"))
	if err != nil || bytes.Contains(sealed, []byte("tolong")) {
		t.Fatalf("sealing: %v", err)
	}
	again, err := k.Unwrap(conversation, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := again.OpenText(at, sealed); err != nil || !text.Is("tolong") {
		t.Errorf("opening in its place: %v", err)
	}
	other, _, _ := k.NewDataKey(casefile.NewID(now))
	for name, open := range map[string]func() (casefile.Private, error){
		"another row": func() (casefile.Private, error) {
			return key.OpenText(Place{at.Table, at.Column, casefile.NewID(now)}, sealed)
		},
		"another column": func() (casefile.Private, error) { return key.OpenText(Place{at.Table, "raw", at.Row}, sealed) },
		"another table":  func() (casefile.Private, error) { return key.OpenText(Place{"outbox", at.Column, at.Row}, sealed) },
		"another key":    func() (casefile.Private, error) { return other.OpenText(at, sealed) },
		"the own key":    func() (casefile.Private, error) { return k.Own().OpenText(at, sealed) },
		"changed bytes": func() (casefile.Private, error) {
			changed := bytes.Clone(sealed)
			changed[len(changed)-1] ^= 1
			return key.OpenText(at, changed)
		},
		"empty bytes": func() (casefile.Private, error) { return key.OpenText(at, []byte{}) },
	} {
		if _, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v, want ErrSealed", name, err)
		}
	}
}

func TestADataKeyOpensOnlyForItsConversation(t *testing.T) {
	t.Parallel()
	k := keys(t)
	conversation := casefile.NewID(now)
	_, wrapped, err := k.NewDataKey(conversation)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Unwrap(casefile.NewID(now), wrapped); !errors.Is(err, ErrSealed) {
		t.Errorf("another conversation: %v, want ErrSealed", err)
	}
	if _, err := keys(t).Unwrap(conversation, wrapped); !errors.Is(err, ErrSealed) {
		t.Errorf("another keyset: %v, want ErrSealed", err)
	}
}

func TestTheBlindIndexIsSteadyAndTellsNothing(t *testing.T) {
	t.Parallel()
	k := keys(t)
	a := casefile.Address{Channel: "sms", ID: casefile.Hide("+12025550144")}
	one, err := k.AddressIndex(a)
	if err != nil {
		t.Fatal(err)
	}
	two, _ := k.AddressIndex(a)
	if !bytes.Equal(one.Current, two.Current) || len(one.All) != 1 {
		t.Error("the same address must have the same index")
	}
	elsewhere, _ := k.AddressIndex(casefile.Address{Channel: "telegram", ID: a.ID})
	foreign, _ := keys(t).AddressIndex(a)
	if bytes.Equal(one.Current, elsewhere.Current) || bytes.Equal(one.Current, foreign.Current) {
		t.Error("another channel or another key must give another index")
	}
}

func TestAKeysetFileReadsBackAndIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyset")
	if err := Create(path, nil); err != nil {
		t.Fatal(err)
	}
	first, err := OpenFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := Place{"staff", "name", casefile.NewID(now)}
	sealed, err := first.Own().SealText(at, casefile.Hide("Dewi"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := OpenFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if name, err := second.Own().OpenText(at, sealed); err != nil || !name.Is("Dewi") {
		t.Errorf("what one reading sealed, the next must open: %v", err)
	}
	if err := Create(path, nil); err == nil || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("creating twice: %v", err)
	}
}

func TestABadKeysetFileIsRefusedWithoutItsContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := OpenFile(filepath.Join(dir, "none"), nil); err == nil || !strings.Contains(err.Error(), "pulang keys new") {
		t.Errorf("missing file: %v", err)
	}
	if _, err := OpenFile(dir, nil); err == nil || strings.Contains(err.Error(), "chmod") || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("folder: %v", err)
	}
	open := filepath.Join(dir, "open")
	if err := os.WriteFile(open, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(open, nil); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("file that others may read: %v", err)
	}
	bad := filepath.Join(dir, "bad")
	if err := os.WriteFile(bad, []byte(`{"pulang_keyset":1,"key_encryption":{"canary":1}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(bad, nil); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("damaged file: %v", err)
	}
}

func FuzzParseKeyset(f *testing.F) {
	k, err := New()
	if err != nil {
		f.Fatal(err)
	}
	good, err := k.ring.Load().marshal(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"pulang_keyset":1}`))
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = parse(b, nil) })
}

func TestASessionReadsBackWhole(t *testing.T) {
	t.Parallel()
	s := casefile.Session{
		Version: 1, Turn: 7, Stage: casefile.StageAsking, Lang: casefile.English, Flow: casefile.FlowVictim, Asking: casefile.Freedom,
		Since: 3, Unread: 1, Asked: []casefile.Key{casefile.DangerNow, casefile.DeviceWatched}, Reporter: casefile.Victim,
		LastIn: now, Opened: now.Add(-time.Minute), Nobody: now.Add(-time.Second), Privacy: true, Short: true,
		Facts: casefile.Facts{{Key: casefile.Freedom, Value: casefile.Hide("locked"), How: casefile.Answered, At: now}},
	}
	b, err := EncodeSession(s)
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeSession(b)
	if err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("came back changed: %v", err)
	}
	for i := range reflect.TypeFor[casefile.Session]().NumField() {
		if reflect.ValueOf(s).Field(i).IsZero() {
			t.Errorf("the test leaves %s empty and proves nothing for it", reflect.TypeFor[casefile.Session]().Field(i).Name)
		}
	}
}

func TestAFactReadsBackWhole(t *testing.T) {
	t.Parallel()
	f := casefile.Fact{Key: casefile.Place, Value: casefile.Hide("KK Park"), How: casefile.Heard, From: casefile.NewID(now), Phrase: casefile.Hide("di kk park"), At: now}
	b, err := EncodeFact(f)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := DecodeFact(b); err != nil || back != f {
		t.Errorf("came back changed: %v", err)
	}
}

func TestASessionOfAnotherReleaseIsRead(t *testing.T) {
	t.Parallel()
	s, err := DecodeSession([]byte(`{"v":0,"n":3,"s":"asking","a":"a_question_of_old","x":[{"k":"freedom","v":"locked","h":"answered","t":1}],"new_field":{"a":1}}`))
	if err != nil || s.Turn != 3 || !s.Facts.Has(casefile.Freedom, "locked") {
		t.Errorf("an older session must be read: %v", err)
	}
	if _, err := DecodeSession([]byte(`canary not json`)); !errors.Is(err, ErrSealed) || strings.Contains(err.Error(), "canary") {
		t.Errorf("what is no session: %v", err)
	}
}

func FuzzDecodeSession(f *testing.F) {
	f.Add([]byte(`{"v":1,"n":3,"s":"asking","x":[{"k":"freedom","v":"locked","h":"answered","t":1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeSession(b)
		if err != nil {
			return
		}
		if _, err := EncodeSession(s); err != nil {
			t.Error("what was read must be writable")
		}
	})
}
