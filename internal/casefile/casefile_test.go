package casefile

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write docs/facts.md anew")

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestPrivateNeverPrints tries every usual way of printing, bare and inside other
// things.
func TestPrivateNeverPrints(t *testing.T) {
	t.Parallel()
	const canary = "canary-4711"
	p := Hide(canary)
	type holder struct {
		P    Private
		p    Private
		Ptr  *Private
		Any  any
		List []Private
		Map  map[string]Private
		Err  error
	}
	h := holder{P: p, p: p, Ptr: &p, Any: p, List: []Private{p}, Map: map[string]Private{"k": p}, Err: fmt.Errorf("no: %v", p)}
	fact := Fact{Key: Place, Value: p, Phrase: p}
	var out strings.Builder
	for _, value := range []any{p, &p, h, &h, []any{h}, fact, Facts{fact}, Session{Facts: Facts{fact}}, Address{Channel: "sms", ID: p}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%p", "%t", "%T"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		fmt.Fprintln(&out, value)
		if b, err := json.Marshal(value); err == nil {
			out.Write(b)
		}
		if b, err := xml.Marshal(value); err == nil {
			out.Write(b)
		}
		var wire bytes.Buffer
		_ = gob.NewEncoder(&wire).Encode(value)
		out.Write(wire.Bytes())
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "value", value)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "value", value)
	}
	if strings.Contains(out.String(), canary) {
		t.Error("a private value printed itself")
	}
	if p.Reveal() != canary || p != Hide(canary) || p == Hide("other") || !p.Is(canary) {
		t.Error("a private value must reveal itself when asked, and compare")
	}
	if (Private{}).Reveal() != "" || !(Private{}).IsEmpty() || Hide("") != (Private{}) {
		t.Error("the empty private value must be the zero one")
	}
}

func TestPrivateRefusesToBeMarshalled(t *testing.T) {
	t.Parallel()
	if _, err := json.Marshal(struct{ P Private }{Hide("x")}); !errors.Is(err, ErrPrivate) {
		t.Errorf("json: %v, want ErrPrivate", err)
	}
}

func TestIDsSortByTimeAndReadBack(t *testing.T) {
	t.Parallel()
	early, late := NewID(now), NewID(now.Add(time.Millisecond))
	if slices.Compare(early[:], late[:]) >= 0 {
		t.Error("a later id must sort later")
	}
	if back, err := ParseID(early.String()); err != nil || back != early {
		t.Errorf("read back: %v", err)
	}
	for _, bad := range []string{"", "x", early.String() + "0", strings.ReplaceAll(early.String(), "-", "_")} {
		if _, err := ParseID(bad); !errors.Is(err, ErrBadID) {
			t.Errorf("%q: %v, want ErrBadID", bad, err)
		}
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(NewID(now).String())
	f.Add("0000")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := ParseID(s); err == nil && !strings.EqualFold(id.String(), s) {
			t.Errorf("%q reads as %s", s, id)
		}
	})
}

// TestTheContactGate is promise 7 as a table.
func TestTheContactGate(t *testing.T) {
	t.Parallel()
	fresh := Policy{LastIn: now.Add(-time.Minute)}
	with := func(change func(*Policy)) Policy {
		p := fresh
		change(&p)
		return p
	}
	for name, row := range map[string]struct {
		policy  Policy
		purpose Purpose
		want    Verdict
	}{
		"an answer within the window":          {fresh, ForAnswer, Send},
		"an answer one second before its end":  {Policy{LastIn: now.Add(-AnswerWindow + time.Second)}, ForAnswer, Send},
		"an answer at its end":                 {Policy{LastIn: now.Add(-AnswerWindow)}, ForAnswer, Hold},
		"an answer to who never wrote":         {Policy{}, ForAnswer, Hold},
		"an answer after unsafe":               {with(func(p *Policy) { p.Unsafe = true }), ForAnswer, Hold},
		"an answer after quiet":                {with(func(p *Policy) { p.Quiet = true }), ForAnswer, Hold},
		"an answer to who cannot be reached":   {with(func(p *Policy) { p.Unreachable = true }), ForAnswer, Deny},
		"a held reply once they wrote again":   {fresh, ForHeld, Send},
		"contact by default":                   {fresh, ForContact, Deny},
		"contact they allowed":                 {with(func(p *Policy) { p.Recontact = "any_time" }), ForContact, Send},
		"contact they allowed, phone watched":  {with(func(p *Policy) { p.Recontact = "any_time"; p.Watched = true }), ForContact, Deny},
		"contact at certain hours":             {with(func(p *Policy) { p.Recontact = "hours" }), ForContact, Deny},
		"contact they allowed, later quiet":    {with(func(p *Policy) { p.Recontact = "call"; p.Quiet = true }), ForContact, Hold},
		"an alert to staff":                    {Policy{}, ForAlert, Send},
		"an answer on a watched phone in time": {with(func(p *Policy) { p.Watched = true }), ForAnswer, Send},
	} {
		if got, why := MayWrite(row.policy, row.purpose, now); got != row.want || why == "" {
			t.Errorf("%s: %s (%s), want %s", name, got, why, row.want)
		}
	}
}

// TestRule15NobodyHoldsForFifteenMinutes: only "nobody", said less than 15 minutes
// ago in this conversation, counts as an unwatched phone.
func TestRule15NobodyHoldsForFifteenMinutes(t *testing.T) {
	t.Parallel()
	said := func(value string, ago time.Duration) Session {
		return Session{Nobody: now.Add(-ago), Facts: Facts{{Key: DeviceWatched, Value: Hide(value)}}}
	}
	for name, row := range map[string]struct {
		session Session
		watched bool
	}{
		"nothing said": {Session{}, true}, "yes": {said("yes", 0), true}, "sometimes": {said("sometimes", 0), true},
		"borrowed": {said("borrowed", 0), true}, "nobody": {said("nobody", time.Minute), false},
		"nobody, long ago": {said("nobody", AnswerWindow), true},
	} {
		if got := row.session.Watched(now); got != row.watched {
			t.Errorf("%s: watched %v, want %v", name, got, row.watched)
		}
	}
}

func TestTheSessionKnowsWhatItsAddressAllows(t *testing.T) {
	t.Parallel()
	unsafe := Session{Stage: StageClosed, LastIn: now, Facts: Facts{{Key: SafeNow, Value: Hide("no")}}}
	if p := unsafe.Policy(false, now); !p.Unsafe || p.Quiet {
		t.Errorf("after safe_now = no: %+v", p)
	}
	quiet := Session{Stage: StageClosed, LastIn: now, Facts: Facts{{Key: SafeNow, Value: Hide("yes")}}}
	if p := quiet.Policy(false, now); p.Unsafe || !p.Quiet {
		t.Errorf("after quiet: %+v", p)
	}
	back := Session{Stage: StageOpening, LastIn: now, Facts: Facts{{Key: SafeNow, Value: Hide("no")}, {Key: Recontact, Value: Hide("any_time")}}}
	if p := back.Policy(false, now); p.Unsafe || p.Quiet || p.Recontact != "any_time" {
		t.Errorf("after they wrote again: %+v", p)
	}
}

func TestEveryQuestionSpeaksTheDictionary(t *testing.T) {
	t.Parallel()
	for _, q := range Questions {
		entry, ok := Lookup(q.Key)
		if !ok {
			t.Errorf("%s/%s is not in the dictionary", q.Flow, q.Key)
			continue
		}
		for _, option := range q.Options {
			if !slices.Contains(entry.Values, option) {
				t.Errorf("%s/%s: %q is not a meaning of the dictionary", q.Flow, q.Key, option)
			}
		}
		if q.None != "" && !slices.Contains(q.Options, q.None) {
			t.Errorf("%s/%s: %q excludes the others and is no option", q.Flow, q.Key, q.None)
		}
	}
	for _, e := range Dictionary {
		if e.Why == "" || e.Forget <= 0 {
			t.Errorf("%s: says not why, or never forgets", e.Key)
		}
	}
}

func TestOnlyACountryCodeLeavesTheFacts(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"MM": "MM", "other": "", "mm": "", "Myawaddy": "", "": "", "12": ""} {
		if got := (Facts{{Key: Country, Value: Hide(value)}}).CountryCode(); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestFactsPageIsCurrent(t *testing.T) {
	t.Parallel()
	const path = "../../docs/facts.md"
	if *update {
		if err := os.WriteFile(path, []byte(FactsPage()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != FactsPage() {
		t.Errorf("docs/facts.md is not what the dictionary says (%v); run: go test ./internal/casefile -update", err)
	}
}

func TestAWriteWithoutAnActorIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		actor Actor
		want  error
	}{
		"nobody": {Actor{}, ErrMissingActor}, "staff without id": {Actor{Kind: ActorStaff}, ErrMissingActor},
		"system without part": {System(""), ErrMissingActor}, "system": {System("turn"), nil},
		"staff": {ByStaff(NewID(now)), nil}, "person": {ByPerson(NewID(now)), nil},
	} {
		if err := row.actor.Valid(); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
}
