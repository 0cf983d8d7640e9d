package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pulang/internal/gsm7"
	"pulang/locales"
)

// good are settings with both channels and nothing wrong.
var good = map[string]string{
	"DATABASE_URL": "postgres://u:pw-canary@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0", "KEYSET_FILE": "/nowhere/keyset",
	"PUBLIC_URL":         "https://line.example",
	"TELEGRAM_BOT_TOKEN": "123456:token-canary", "TELEGRAM_WEBHOOK_SECRET": "secret-canary-secret",
	"TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001", "TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef", "TWILIO_FROM": "+15005550006",
}

var noTwilio = []string{"TWILIO_ACCOUNT_SID", "", "TWILIO_AUTH_TOKEN", "", "TWILIO_FROM", ""}

// longestAddress is the longest PUBLIC_URL there may be with SMS.
var longestAddress = "https://" + strings.Repeat("l", longestPublicURL-len("https://"))

func TestAnAlertWithTheLongestAddressIsOneSMS(t *testing.T) {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	code := strings.Repeat("K", longestCode)
	for _, lang := range book.Langs() {
		for _, key := range []string{"staff.alert", "staff.alert_twice", "staff.acknowledged"} {
			text, err := book.Text(lang, key, map[string]string{"code": code, "urgency": "CRITICAL", "minutes": "10080", "link": longestAddress + "/a/" + code})
			if err != nil || !strings.HasSuffix(text, longestAddress+"/a/"+code) || !gsm7.OneSegment(text) {
				t.Errorf("%s in %s is not one SMS with its whole link: %q (%v)", key, lang, text, err)
			}
		}
		text, err := book.Text(lang, "staff.alerts_together", map[string]string{"code": code, "urgency": "CRITICAL", "minutes": "10080", "count": "9999", "link": longestAddress + "/"})
		if err != nil || !strings.HasSuffix(text, longestAddress+"/") || !gsm7.OneSegment(text) {
			t.Errorf("staff.alerts_together in %s is not one SMS with its whole link: %q (%v)", lang, text, err)
		}
	}
}

func TestWrongSettingsAreRefusedAllAtOnceWithWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		changes []string
		says    []string // every problem, and no other
	}{
		{"none", nil, nil},
		{"only Telegram", noTwilio, nil},
		{"polling needs no secret", append([]string{"TELEGRAM_WEBHOOK_SECRET", "", "TELEGRAM_POLLING", "true"}, noTwilio...), nil},
		{"a spool with a size", []string{"SPOOL_DIR", "/spool", "SPOOL_MAX_BYTES", "1048576"}, nil},
		{"a spool too small", []string{"SPOOL_DIR", "/spool", "SPOOL_MAX_BYTES", "100"}, []string{"SPOOL_MAX_BYTES must be a number of bytes"}},
		{"a size without a spool", []string{"SPOOL_MAX_BYTES", "1048576"}, []string{"SPOOL_MAX_BYTES is set, but SPOOL_DIR is not"}},
		{"what watches from outside", []string{"SPOOL_DIR", "/spool", "HEARTBEAT_URL", "https://beat.example/x"}, nil},
		{"a heartbeat in the open", []string{"HEARTBEAT_URL", "http://beat.example"}, []string{"HEARTBEAT_URL must begin with https://"}},
		{"a heartbeat on this machine", []string{"HEARTBEAT_URL", "http://127.0.0.1:9000/x"}, nil},
		{"a heartbeat to nowhere", []string{"HEARTBEAT_URL", "https://"}, []string{"HEARTBEAT_URL must begin with https://"}},
		{"nothing stored", []string{"DATABASE_URL", "", "REDIS_URL", "", "KEYSET_FILE", ""}, []string{"DATABASE_URL is not set", "KEYSET_FILE is not set", "REDIS_URL is not set"}},
		{"other databases", []string{"DATABASE_URL", "mysql://x", "REDIS_URL", "memcached://x"}, []string{"DATABASE_URL is not a Postgres URL", "REDIS_URL is not a Redis URL"}},
		{"no public address", []string{"PUBLIC_URL", ""}, []string{"PUBLIC_URL is not set"}},
		{"public without lock", []string{"PUBLIC_URL", "http://line.example"}, []string{"must begin with https://"}},
		{"public with query", []string{"PUBLIC_URL", "https://line.example?x=1"}, []string{"PUBLIC_URL must be a plain address"}},
		{"public with a path", []string{"PUBLIC_URL", "https://line.example/pulang"}, []string{"PUBLIC_URL must be a host of its own"}},
		{"public with a slash", []string{"PUBLIC_URL", "https://line.example/"}, nil},
		{"public beyond ports", []string{"PUBLIC_URL", "https://line.example:99999"}, []string{"PUBLIC_URL must be a plain address"}},
		{"public in other letters", []string{"PUBLIC_URL", "https://p\u00fclang.example"}, []string{"write the host as xn--"}},
		{"public as long as an alert takes", []string{"PUBLIC_URL", longestAddress}, nil},
		{"public too long for an alert", []string{"PUBLIC_URL", longestAddress + "x"}, []string{"an alert by SMS has room for"}},
		{"long, but no SMS", append([]string{"PUBLIC_URL", longestAddress + "x"}, noTwilio...), nil},
		{"a secret to guess", []string{"TELEGRAM_WEBHOOK_SECRET", "abc"}, []string{"TELEGRAM_WEBHOOK_SECRET could be guessed"}},
		{"local without lock", []string{"PUBLIC_URL", "http://127.0.0.1:8080"}, nil},
		{"listen", []string{"LISTEN_ADDR", "8080", "METRICS_ADDR", ":x"}, []string{"LISTEN_ADDR is not an address", "METRICS_ADDR is not an address"}},
		{"same port", []string{"LISTEN_ADDR", ":8080", "METRICS_ADDR", ":8080"}, []string{"METRICS_ADDR is the same"}},
		{"an organisation's sign-in", []string{"OIDC_ISSUER", "https://id.example", "OIDC_CLIENT_ID", "pulang", "OIDC_CLIENT_SECRET", "x"}, nil},
		{"half of it", []string{"OIDC_ISSUER", "https://id.example"}, []string{"OIDC_CLIENT_SECRET belong together"}},
		{"the other half of it", []string{"OIDC_CLIENT_SECRET", "x"}, []string{"OIDC_CLIENT_SECRET belong together"}},
		{"it without lock", []string{"OIDC_ISSUER", "http://id.example", "OIDC_CLIENT_ID", "pulang", "OIDC_CLIENT_SECRET", "x"}, []string{"OIDC_ISSUER must begin with https://"}},
		{"half a KMS", []string{"KEYSET_KMS_URI", "hcvault://vault.example:8200/transit/keys/pulang"}, []string{"KEYSET_KMS_URI is set, but VAULT_TOKEN is not"}},
		{"half Telegram", []string{"TELEGRAM_WEBHOOK_SECRET", ""}, []string{"TELEGRAM_WEBHOOK_SECRET is not set, but other settings of Telegram are"}},
		{"other half", []string{"TELEGRAM_BOT_TOKEN", ""}, []string{"TELEGRAM_BOT_TOKEN is not set, but"}},
		{"odd token", []string{"TELEGRAM_BOT_TOKEN", "hello"}, []string{"TELEGRAM_BOT_TOKEN does not look like a token"}},
		{"odd polling", []string{"TELEGRAM_POLLING", "maybe"}, []string{"TELEGRAM_POLLING must be true or false"}},
		{"half Twilio", []string{"TWILIO_AUTH_TOKEN", "", "TWILIO_FROM", ""}, []string{"TWILIO_AUTH_TOKEN is not set, but", "TWILIO_FROM is not set, but"}},
		{"odd number", []string{"TWILIO_FROM", "0811"}, []string{"TWILIO_FROM must be"}},
		{"a pool that is no number", []string{"DATABASE_POOL", "many"}, []string{"DATABASE_POOL must be a number"}},
		{"a pool too small for the line", []string{"DATABASE_POOL", "2"}, []string{"DATABASE_POOL must be a number"}},
		{"rates that are none", []string{"TELEGRAM_PER_SECOND", "0", "TWILIO_PER_SECOND", "fast", "ALERTS_PER_MINUTE", "-1"},
			[]string{"TELEGRAM_PER_SECOND must be", "TWILIO_PER_SECOND must be", "ALERTS_PER_MINUTE must be"}},
		{"only an address of Twilio", append([]string{"TWILIO_API_URL", "http://127.0.0.1:1"}, noTwilio...), []string{"TWILIO_API_URL is set, but"}},
		{"no channel", append([]string{"TELEGRAM_BOT_TOKEN", "", "TELEGRAM_WEBHOOK_SECRET", ""}, noTwilio...), []string{"no channel is configured"}},
		{"alarm without channel", append([]string{"ALARM_SMS_TO", "+6281112345678"}, noTwilio...), []string{"ALARM_SMS_TO is set, but Twilio is not configured"}},
		{"odd alarms", []string{"ALARM_TELEGRAM_CHAT", "@ops", "ALARM_SMS_TO", "12"}, []string{"ALARM_TELEGRAM_CHAT must be the number of a chat", "ALARM_SMS_TO is not a phone number"}},
		{"place", []string{"DEFAULT_REGION", "Indonesia", "TZ", "Jakarta"}, []string{"DEFAULT_REGION is not a country", "TZ is not a time zone"}},
		{"twice", []string{"TELEGRAM_BOT_TOKEN_FILE", "/x"}, []string{"TELEGRAM_BOT_TOKEN and TELEGRAM_BOT_TOKEN_FILE are both set"}},
		{"no such file", []string{"REDIS_URL", "", "REDIS_URL_FILE", "/nowhere"}, []string{"REDIS_URL_FILE names a file that cannot be read", "REDIS_URL is not set"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := with(good, c.changes...)
			s, wrong := readSettings(func(name string) string { return env[name] })
			wrong = append(wrong, s.check()...)
			if len(wrong) != len(c.says) {
				t.Fatalf("want %d problems, got %q", len(c.says), wrong)
			}
			all := strings.Join(wrong, "\n")
			for _, says := range c.says {
				if !strings.Contains(all, says) {
					t.Errorf("want %q among %q", says, wrong)
				}
			}
			if strings.Contains(all, "canary") {
				t.Errorf("a secret is in the problems: %q", wrong)
			}
		})
	}
}

func TestServeListsEveryProblemAndStartsNothing(t *testing.T) {
	t.Parallel()
	got := pulang(t, map[string]string{"TELEGRAM_POLLING": "perhaps"}, "", "serve")
	for _, want := range []string{"6 settings are wrong", "DATABASE_URL", "KEYSET_FILE", "REDIS_URL", "PUBLIC_URL", "TELEGRAM_POLLING must be", "TELEGRAM_BOT_TOKEN is not set"} {
		if got.code != 1 || !strings.Contains(got.err, want) {
			t.Errorf("serve without settings does not say %q: %+v", want, got)
		}
	}
}

func TestASecretMayComeFromAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("123456:from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"TELEGRAM_BOT_TOKEN_FILE": file}
	s, wrong := readSettings(func(name string) string { return env[name] })
	if len(wrong) != 0 || s.TelegramToken != "123456:from-file" {
		t.Errorf("got %q and %q", s.TelegramToken, wrong)
	}
}

func TestEverySettingOfTheContractIsKnown(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, one := range everySetting() {
		known[one.name] = one.about != ""
	}
	for name := range strings.FieldsSeq(`LISTEN_ADDR PUBLIC_URL DATABASE_URL REDIS_URL KEYSET_FILE TELEGRAM_BOT_TOKEN
		TELEGRAM_WEBHOOK_SECRET TELEGRAM_API_URL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_AUTH_TOKEN_PREVIOUS TWILIO_FROM
		TWILIO_API_URL TELEGRAM_POLLING DEFAULT_REGION SPOOL_DIR METRICS_ADDR ALARM_TELEGRAM_CHAT ALARM_SMS_TO HEARTBEAT_URL TZ`) {
		if !known[name] {
			t.Errorf("%s is not a setting, or says nothing about itself", name)
		}
	}
}

func TestDoctorHidesAPasswordInAnAddress(t *testing.T) {
	t.Parallel()
	got := pulang(t, with(good, "TELEGRAM_API_URL", "http://u:pw-canary@127.0.0.1:1", "TWILIO_API_URL", "http://127.0.0.1:1"), "", "doctor")
	if !strings.Contains(got.out, "TELEGRAM_API_URL must be a plain") || strings.Contains(got.out+got.err, "canary") {
		t.Errorf("got %+v", got)
	}
}

func TestDoctorShowsEverySettingAndNoSecret(t *testing.T) {
	t.Parallel()
	got := pulang(t, with(good, "SPOOL_DIR", "/spool", "TELEGRAM_API_URL", "http://127.0.0.1:1", "TWILIO_API_URL", "http://127.0.0.1:1"), "", "doctor")
	if got.code != 1 || strings.Contains(got.out+got.err, "canary") {
		t.Fatalf("got %+v", got)
	}
	for _, one := range everySetting() {
		if !strings.Contains(got.out, one.name) {
			t.Errorf("doctor does not show %s", one.name)
		}
	}
	for _, want := range []string{"keyset    NOT WELL", "Postgres  NOT WELL", "Redis     NOT WELL", "Telegram  NOT WELL", "Twilio    NOT WELL"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("doctor does not say %q:\n%s", want, got.out)
		}
	}
}
