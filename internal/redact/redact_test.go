package redact

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// canaries are what must never leave; each in the shape it has in real life.
var canaries = map[string]string{
	"E.164":           "+6281234567890",
	"national":        "081234567890",
	"spaced":          "+62 812-3456-7890",
	"bracketed":       "(021) 555 7788",
	"seven digits":    "5557788",
	"Burmese digits":  "၀၉၇၈၁၂၃၄၅",
	"Telegram chat":   "-1001234567890",
	"bot token":       "123456789:AAExampleTokenExampleToken_Example-12",
	"Twilio token":    "0123456789abcdef0123456789abcdef",
	"Twilio SID":      "AC0123456789abcdef0123456789abcdef",
	"bearer":          "Bearer abcDEF123456",
	"e-mail":          "rina.contoh@example.org",
	"login in URL":    "postgres://pulang:rahasia@db/pulang",
	"base64":          "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
	"JWT":             "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyaW5hIn0.abc",
	"token in a path": "/bot987:short/sendMessage",
}

// secret is the part of each canary that must not be seen.
func secret(name, canary string) string {
	switch name {
	case "bearer":
		return "abcDEF123456"
	case "login in URL":
		return "rahasia"
	case "token in a path":
		return "987:short"
	}
	return canary
}

type stringer struct{ s string }

func (s stringer) String() string { return s.s }

type valuer struct{ s string }

func (v valuer) LogValue() slog.Value { return slog.GroupValue(slog.String("inner", v.s)) }

type carrier struct {
	Note string
	List []string
}

func TestNoCanaryLeavesThroughAnyType(t *testing.T) {
	t.Parallel()
	ways := map[string]func(l *slog.Logger, c string){
		"message":       func(l *slog.Logger, c string) { l.Info("could not send to " + c + ", later") },
		"string":        func(l *slog.Logger, c string) { l.Info("x", "why", "about "+c+" again") },
		"string id":     func(l *slog.Logger, c string) { l.Info("x", "id", c) },
		"key":           func(l *slog.Logger, c string) { l.Info("x", c, 1) },
		"error":         func(l *slog.Logger, c string) { l.Info("x", "err", fmt.Errorf("send: %w", errors.New(c))) },
		"joined errors": func(l *slog.Logger, c string) { l.Info("x", "err", errors.Join(errors.New("a"), errors.New(c))) },
		"stringer":      func(l *slog.Logger, c string) { l.Info("x", "v", stringer{c}) },
		"pointer":       func(l *slog.Logger, c string) { l.Info("x", "v", &stringer{c}) },
		"LogValuer":     func(l *slog.Logger, c string) { l.Info("x", "v", valuer{c}) },
		"struct":        func(l *slog.Logger, c string) { l.Info("x", "v", carrier{Note: c, List: []string{c}}) },
		"map":           func(l *slog.Logger, c string) { l.Info("x", "v", map[string]any{c: c}) },
		"slice":         func(l *slog.Logger, c string) { l.Info("x", "v", []string{"a", c}) },
		"bytes":         func(l *slog.Logger, c string) { l.Info("x", "v", []byte(c)) },
		"raw JSON":      func(l *slog.Logger, c string) { l.Info("x", "v", json.RawMessage(`{"a":"`+c+`"}`)) },
		"nested groups": func(l *slog.Logger, c string) { l.Info("x", slog.Group("a", slog.Group("b", slog.String("c", c)))) },
		"WithAttrs":     func(l *slog.Logger, c string) { l.With("v", c).Info("x") },
		"WithGroup":     func(l *slog.Logger, c string) { l.WithGroup(c).With("v", c).Info("x", "w", c) },
		"far inside":    func(l *slog.Logger, c string) { l.Info("x", "v", strings.Repeat("a ", 240)+c) },
	}
	for way, write := range ways {
		for name, canary := range canaries {
			for _, format := range []string{"text", "json"} {
				var out bytes.Buffer
				write(logger(&out, format), canary)
				if out.Len() == 0 || strings.Contains(out.String(), secret(name, canary)) {
					t.Errorf("%s through %s as %s: %s", name, way, format, out.String())
				}
			}
		}
	}
}

func TestNumbersPassOnlyUnderKeysOfOurs(t *testing.T) {
	t.Parallel()
	for key, passes := range map[string]bool{
		"id": true, "case_id": true, "ms": true, "port": true, "rows": true,
		"chat_id": false, "from": false, "chat": false, "user": false, "phone": false,
	} {
		for _, v := range []any{int64(6281234567890), uint64(6281234567890), 6281234567890} {
			var out bytes.Buffer
			logger(&out, "json").Info("x", key, v)
			if got := strings.Contains(out.String(), "6281234567890"); got != passes {
				t.Errorf("%s=%v seen: %v, want %v", key, v, got, passes)
			}
		}
	}
	var out bytes.Buffer
	logger(&out, "json").Info("x", "why", 123456, "f", 6281234567890.0)
	if s := out.String(); !strings.Contains(s, "123456,") || strings.Contains(s, "6.28") {
		t.Errorf("short numbers pass and long floats do not: %s", s)
	}
}

func TestOurOwnWordsPassUntouched(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 11, 28, 0, 123456789, time.UTC)
	for _, s := range []string{
		"claimed 12 rows in 35 ms",
		"018f3f9e-7c1a-7b3e-9f59-1234567890ab",
		"case 018f3f9e-7c1a-7b3e-9f59-1234567890ab taken",
		"listening on 127.0.0.1:8080",
		"due " + at.Format(time.RFC3339Nano),
		"internal/escalation/rules_of_the_house_and_more",
		"postgres://db/pulang is away",
		"K7Q2",
	} {
		if got := Text(s); got != s {
			t.Errorf("Text(%q) = %q", s, got)
		}
	}
	var out bytes.Buffer
	logger(&out, "text").Info("x", "took", 1234567890*time.Nanosecond, "at", at, "ok", true, "err", error(nil))
	for _, want := range []string{"took=1.23456789s", "at=2026-11-22T11:28:00.123Z", "ok=true", "err=<nil>"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, out.String())
		}
	}
}

func TestPersonalKeysAreDroppedAndLongTextsCut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger(&out, "json").Info(strings.Repeat("ä ", 400), "text", "tolong saya", "message_text", "tolong saya", "bot_token", "x y")
	if s := out.String(); strings.Contains(s, "tolong") || strings.Contains(s, "x y") || !strings.Contains(s, "[removed]") {
		t.Errorf("a personal key kept its value: %s", s)
	}
	if got := Text(strings.Repeat("ä ", 400)); len([]rune(got)) != maxText+len("[cut]") {
		t.Errorf("cut to %d characters", len([]rune(got)))
	}
	if got := Text(strings.Repeat("ä ", 248) + " +6281234567890"); strings.Contains(got, "628") {
		t.Errorf("a number across the cut shows its beginning: %q", got[len(got)-30:])
	}
}

type angry struct{}

func (*angry) Error() string { panic("+6281234567890") }

func TestAValueThatPanicsOrCannotBeWrittenIsItsType(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger(&out, "text").Info("x", "a", &angry{}, "b", func() {}, "c", (*stringer)(nil))
	for _, want := range []string{"a=[*redact.angry]", "b=[func()]", "c=[*redact.stringer]"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, out.String())
		}
	}
}

func TestLevelsGroupsAndPlaceGoThrough(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	h := NewHandler(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelWarn, AddSource: true}))
	if h.Enabled(context.Background(), slog.LevelInfo) || !h.Enabled(context.Background(), slog.LevelError) {
		t.Error("the level of the next handler does not hold")
	}
	slog.New(h).WithGroup("turn").Warn("slow", "ms", 12)
	var line struct {
		Source struct{ File string }
		Turn   struct{ MS int }
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Turn.MS != 12 || !strings.HasSuffix(line.Source.File, "redact_test.go") {
		t.Errorf("line %s, error %v", out.String(), err)
	}
}

func logger(out *bytes.Buffer, format string) *slog.Logger {
	if format == "json" {
		return slog.New(NewHandler(slog.NewJSONHandler(out, nil)))
	}
	return slog.New(NewHandler(slog.NewTextHandler(out, nil)))
}

func FuzzTextLeavesNoLongNumber(f *testing.F) {
	for _, c := range canaries {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		digits := 0
		for _, r := range kept.ReplaceAllString(got, "|") {
			if r < '0' || r > '9' {
				digits = 0
				continue
			}
			if digits++; digits >= 7 {
				t.Fatalf("Text(%q) = %q", s, got)
			}
		}
	})
}
