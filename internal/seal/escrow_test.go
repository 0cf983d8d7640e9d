package seal

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"pulang/internal/casefile"
)

// holders are people with an age identity each.
func holders(t *testing.T, names ...string) (all []Holder, identities map[string][]byte) {
	t.Helper()
	identities = map[string][]byte{}
	for _, name := range names {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		h, err := ParseHolder(name + "=" + id.Recipient().String())
		if err != nil {
			t.Fatal(err)
		}
		all, identities[name] = append(all, h), []byte("# "+name+"\n"+id.String()+"\n")
	}
	return all, identities
}

func escrowOf(t *testing.T, k *Keys, threshold int, names ...string) (Escrow, map[string]Share) {
	t.Helper()
	all, identities := holders(t, names...)
	e, err := k.MakeEscrow(all, threshold, now)
	if err != nil {
		t.Fatal(err)
	}
	opened := map[string]Share{}
	for name, body := range e.Shares {
		if opened[name], err = OpenShare(body, identities[name]); err != nil {
			t.Fatal(err)
		}
	}
	return e, opened
}

func TestEveryGroupOfEnoughHoldersRestoresAndNoSmallerOne(t *testing.T) {
	t.Parallel()
	k := keys(t)
	if err := k.Introduce(); err != nil { // so that there is more to bring back than one key of each
		t.Fatal(err)
	}
	at := Place{"staff", "name", casefile.NewID(now)}
	sealed, err := k.Own().Seal(at, []byte("Dewi"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"ani", "budi", "citra", "dewi"}
	e, opened := escrowOf(t, k, 3, names...)
	for group := range 1 << len(names) {
		var shares []Share
		for i, name := range names {
			if group&(1<<i) != 0 {
				shares = append(shares, opened[name])
			}
		}
		slices.Reverse(shares)
		path := filepath.Join(t.TempDir(), "keyset")
		fingerprint, err := Restore(e.Keyset, shares, path, nil)
		if len(shares) < 3 {
			if err == nil || !strings.Contains(err.Error(), map[bool]string{true: "no shares", false: "are needed"}[len(shares) == 0]) {
				t.Errorf("%d shares: %v", len(shares), err)
			}
			continue
		}
		if err != nil || fingerprint != k.Fingerprint() {
			t.Fatalf("%d shares: %v", len(shares), err)
		}
		back, err := OpenFile(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := back.Own().Open(at, sealed); err != nil || string(plain) != "Dewi" || back.Generation() != 1 || back.Phase() != Introduced {
			t.Errorf("what was sealed before does not open: %v", err)
		}
		if _, err := Restore(e.Keyset, shares, path, nil); err == nil || !strings.Contains(err.Error(), "never overwritten") {
			t.Errorf("over a file: %v", err)
		}
	}
}

func TestTooFewSharesThatLieAboutTheThresholdOpenNothing(t *testing.T) {
	t.Parallel()
	e, opened := escrowOf(t, keys(t), 3, "ani", "budi", "citra")
	var liars []Share
	for _, name := range []string{"ani", "budi"} {
		s := opened[name]
		s.threshold = 2
		liars = append(liars, s)
	}
	if _, err := Restore(e.Keyset, liars, filepath.Join(t.TempDir(), "k"), nil); err == nil || !strings.Contains(err.Error(), "do not open this escrow") {
		t.Errorf("got %v", err)
	}
}

func TestAShareIsForItsHolderAndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	k := keys(t)
	all, identities := holders(t, "ani", "budi")
	e, err := k.MakeEscrow(all, 2, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenShare(e.Shares["ani"], identities["budi"]); err == nil || !strings.Contains(err.Error(), "somebody else's") {
		t.Errorf("another's identity: %v", err)
	}
	if _, err := OpenShare(e.Shares["ani"], nil); err == nil || !strings.Contains(err.Error(), "age -d") {
		t.Errorf("no identity: %v", err)
	}
	if _, err := OpenShare(e.Shares["ani"], []byte("nonsense")); err == nil || !strings.Contains(err.Error(), "not an age identity") {
		t.Errorf("no identity at all: %v", err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(identities["ani"]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := unlock(e.Shares["ani"], ids...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"holder: ani\n", "needed: 2 of 2\n", "made: 2026-03-01\n", "fingerprint: " + k.Fingerprint(), "What to do", "pulang keys restore"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the share does not say %q", want)
		}
	}
	opened, err := OpenShare(text, nil) // as its holder brings it
	if err != nil || opened.Holder() != "ani" {
		t.Fatalf("an opened share: %v", err)
	}
	secret := text[bytes.Index(text, []byte("secret: "))+8:][:8]
	for i := range secret { // a slip in any character is seen
		wrong := bytes.Clone(text)
		at := bytes.Index(wrong, []byte("secret: ")) + 8 + i
		wrong[at] = map[bool]byte{true: '0', false: '1'}[wrong[at] != '0']
		if _, err := OpenShare(wrong, nil); err == nil || strings.Contains(err.Error(), string(secret)) {
			t.Errorf("character %d changed: %v", i, err)
		}
	}
}

func TestSharesThatDoNotBelongTogetherAreRefused(t *testing.T) {
	t.Parallel()
	k := keys(t)
	e, opened := escrowOf(t, k, 2, "ani", "budi")
	_, again := escrowOf(t, k, 2, "ani", "budi")
	_, foreign := escrowOf(t, keys(t), 2, "ani", "budi")
	for name, wrong := range map[string]struct {
		shares []Share
		says   string
	}{
		"another keyset's":  {[]Share{opened["ani"], foreign["budi"]}, "different escrows"},
		"an earlier one's":  {[]Share{opened["ani"], again["budi"]}, "do not open this escrow"},
		"one of them twice": {[]Share{opened["ani"], opened["ani"]}, "given twice"},
		"all another's":     {[]Share{foreign["ani"], foreign["budi"]}, "do not open this escrow"},
	} {
		if _, err := Restore(e.Keyset, wrong.shares, filepath.Join(t.TempDir(), "k"), nil); err == nil || !strings.Contains(err.Error(), wrong.says) {
			t.Errorf("%s: %v, want %q", name, err, wrong.says)
		}
	}
	damaged := bytes.Clone(e.Keyset)
	damaged[len(damaged)/2] ^= 1
	if _, err := Restore(damaged, []Share{opened["ani"], opened["budi"]}, filepath.Join(t.TempDir(), "k"), nil); err == nil {
		t.Error("a damaged escrow opens")
	}
}

func TestAnEscrowNobodyCouldUseIsNotMade(t *testing.T) {
	t.Parallel()
	all, _ := holders(t, "ani", "budi", "citra")
	same := []Holder{all[0], {Name: "zara", key: all[0].key, text: all[0].text}}
	for _, wrong := range []struct {
		holders   []Holder
		threshold int
		says      string
	}{
		{all, 1, "2 or more"}, {all, 0, "2 or more"}, {all, 4, "nobody could restore"}, {nil, 2, "nobody could restore"},
		{same, 2, "named twice"}, {[]Holder{all[0], all[0]}, 2, "named twice"}, {slices.Repeat(all, 7), 2, "at most 20"},
	} {
		if _, err := keys(t).MakeEscrow(wrong.holders, wrong.threshold, now); err == nil || !strings.Contains(err.Error(), wrong.says) {
			t.Errorf("%d holders, threshold %d: %v, want %q", len(wrong.holders), wrong.threshold, err, wrong.says)
		}
	}
	for _, text := range []string{"ani", "=age1x", "Ani=age1x", "../ani=" + all[0].text, "ani=ssh-ed25519 AAAA", "ani=AGE-SECRET-KEY-1CANARY"} {
		if _, err := ParseHolder(text); err == nil || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAnEscrowShowsNothingOfTheKeys(t *testing.T) {
	t.Parallel()
	k := keys(t)
	e, opened := escrowOf(t, k, 2, "ani", "budi")
	value, err := opened["ani"].value.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	everything := slices.Concat(e.Keyset, e.Shares["ani"], e.Shares["budi"], []byte(fmt.Sprint(e.Fingerprint)))
	if bytes.Contains(everything, []byte(hex.EncodeToString(value))) || bytes.Contains(everything, []byte("key_encryption")) {
		t.Error("the files hold it in clear")
	}
}

func FuzzParseShare(f *testing.F) {
	k, err := New()
	if err != nil {
		f.Fatal(err)
	}
	secret := shamir.NewScalar().SetUint64(7)
	text, err := share{holder: "ani", number: 1, of: 2, threshold: 2, fingerprint: k.Fingerprint(), made: now, value: secret}.text()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("holder: a\nneeded: 2 of 2\npart: 1\nsecret: 00\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseShare(b)
		if err != nil {
			return
		}
		if s.threshold < 2 || s.number < 1 || s.number > s.of || s.value == nil {
			t.Errorf("took %d of %d, needing %d", s.number, s.of, s.threshold)
		}
	})
}
