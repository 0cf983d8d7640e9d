package locales

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// bans are words that no text may contain, with the rule that forbids each. They
// are looked for in every language: the line speaks both in one message.
var bans = []struct{ rule, pattern string }{
	{"5: never ask why", `\b(kenapa|mengapa|why)\b`},
	{"5: never blame", `\b(ilegal|illegal|pelaku|perpetrator|salah sendiri|your own fault|kok mau|scam\w*|penipu\w*)\b`},
	{"6: never promise", `\b(pasti|kami jemput|diselamatkan|dijamin|jamin\w*|will rescue|will save|guarantee\w*|promise you|segera pulang|home soon)\b`},
	{"7: never tell anyone to escape, fight, lie, go, pay or bargain", `\b(kabur|larilah|escape|lawan|fight|bohong\w*|lie to|datanglah|pergilah|go to the|bayar saja|just pay|tawar|negotiate|nego\w*)\b`},
	{"28: numbers of others come from the directory, not from here", `\d{3,}`},
	{"30: no amounts", `\b(rp|juta|jt|usd|dolar|dollars?|million)\b`},
	{"45: no abbreviations", `\b(TPPO|WNI|PMI|TKI|KBRI|KJRI|KP2MI|BP2MI|BP3MI|LPSK|PPA|SOP|ASAP|FAQ|ID)\b`},
	{"59: nothing is an admission", `\b(tersangka|suspect|saksi|kejahatan|crime|criminal|kriminal|online scam|judi\w*)\b`},
	{"60: never 'not a victim'", `\b(bukan korban|not a victim|korban|victims?)\b`},
	{"tone: never tell anyone to be calm", `\b(tenang|calm down|don't worry|jangan khawatir)\b`},
	{"9: no words that a phone company answers by itself", `\b(END|QUIT|CANCEL|STOP|UNSUBSCRIBE|YES|INFO)\b`},
}

func TestNoTextSaysWhatTheRulesForbid(t *testing.T) {
	t.Parallel()
	b := book(t)
	plain := make(map[string]string) // variables are not our words
	for name := range longest {
		plain[name] = "N"
	}
	for _, ban := range bans {
		pattern := ban.pattern
		if strings.ToUpper(pattern) != pattern && !strings.Contains(ban.rule, "45") && !strings.Contains(ban.rule, "9: no words") {
			pattern = "(?i)" + pattern
		}
		forbidden := regexp.MustCompile(pattern)
		for _, lang := range b.Langs() {
			for _, key := range spoken(b) {
				text, err := b.Text(lang, key, plain)
				if err != nil {
					t.Fatal(err)
				}
				if found := forbidden.FindString(text); found != "" {
					t.Errorf("rule %s: %s in %s.toml says %q: %q", ban.rule, key, lang, found, text)
				}
			}
		}
	}
}

func TestNoTextShoutsOrSmiles(t *testing.T) {
	t.Parallel()
	each(t, book(t), func(lang, key, text string) {
		for _, r := range text {
			if r == '!' || r > unicode.MaxASCII {
				t.Errorf("%s in %s.toml has %q: no exclamation marks, no emoji, no characters outside ASCII: %q", key, lang, r, text)
			}
		}
	})
}

// telling is what would give the line away to whoever looks over a shoulder.
var telling = regexp.MustCompile(`(?i)\b(bahaya|danger\w*|polisi|police|petugas|staff|officers?|tim|team|korban|victims?|` +
	`perdagangan|traffick\w*|selter|shelter|rumah aman|lapor\w*|reports?|reported|tolong|help|bantu\w*|sekap\w*|dikunci|locked|guard\w*|` +
	`siksa|pukul\w*|beaten|paspor|passport|uang tebusan|ransom|kedutaan|embassy|kementerian|ministry|hotline|IOM|kasus|case|hapus|delete|` +
	`myanmar|myawaddy|kamboja|cambodia|laos|thailand|filipina|philippines|indonesia)\b`)

func TestRule15TheDisguisedPackTellsNothing(t *testing.T) {
	t.Parallel()
	each(t, book(t), func(lang, key, text string) {
		shown := strings.HasPrefix(key, "disguised.") || key == "all.safe_now" || key == "all.safe_now_both" || key == "line.hello" ||
			strings.HasPrefix(key, "line.outage")
		if found := telling.FindString(text); shown && found != "" {
			t.Errorf("%s in %s.toml may be read by others, and says %q: %q", key, lang, found, text)
		}
	})
}

func TestRule1TheFirstReplySaysWhatItMust(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, c := range []struct{ lang, key, must string }{
		{"id", "all.safe_now", `(?i)masuk.*gratis.*tidak pernah minta uang.*otomatis.*1 Bisa 2 Jangan.*berhenti kapan saja`},
		{"en", "all.safe_now", `(?i)have your message.*charge nothing.*never ask for money.*automatic.*1 Yes 2 Do not reply.*stop any time`},
		{"id", "all.safe_now_both", `(?is)masuk.*otomatis.*tak minta uang.*1 Bisa 2 Jangan.*Boleh stop.*got it.*automatic.*no money.*1 Yes 2 Do not.*can stop`},
	} {
		text, err := b.Text(c.lang, c.key, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(c.must).MatchString(text) {
			t.Errorf("%s in %s.toml leaves out a part of rule 1 (%s): %q", c.key, c.lang, c.must, text)
		}
	}
	for _, lang := range b.Langs() {
		same(t, b, lang, "all.safe_now", "disguised.safe_now")
	}
	for _, key := range []string{"all.safe_now_both", "all.language", "line.outage_both"} {
		want, _ := b.Text("en", key, nil)
		for _, lang := range b.Langs() {
			if got, _ := b.Text(lang, key, nil); got != want {
				t.Errorf("%s must be the same in every file, and is %q in %s.toml", key, got, lang)
			}
		}
	}
}

func same(t *testing.T, b *Book, lang, one, other string) {
	t.Helper()
	first, err := b.Text(lang, one, nil)
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := b.Text(lang, other, nil); second != first {
		t.Errorf("%s and %s must be the same in %s.toml", one, other, lang)
	}
}

func TestRule27AnAlertHoldsFourThings(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, key := range []string{"staff.alert", "staff.alert_twice"} {
		if got := strings.Join(variables(t, b, "en", key), " "); got != "code link minutes urgency" {
			t.Errorf("%s has the variables %q, want code, link, minutes, urgency", key, got)
		}
		for _, lang := range b.Langs() {
			text, err := b.Text(lang, key, longest)
			if err != nil || !strings.Contains(text, "OK K7Q2") {
				t.Errorf("%s in %s.toml must say to answer OK K7Q2: %q, %v", key, lang, text, err)
			}
		}
	}
}

func TestRule29WeNeverAskForMoneyIsSaidWhereItMatters(t *testing.T) {
	t.Parallel()
	each(t, book(t), func(lang, key, text string) {
		switch key {
		case "all.safe_now", "all.price", "sms.all.price", "all.close", "info.close", "family.ransom", "sms.family.ransom", "family.ransom_said":
			if !regexp.MustCompile(`(?i)(tidak|tak) pernah minta uang|never ask for money`).MatchString(text) {
				t.Errorf("%s in %s.toml must say that we never ask for money: %q", key, lang, text)
			}
		}
	})
}

func TestRule8NoTextStatesATime(t *testing.T) {
	t.Parallel()
	soon := regexp.MustCompile(`(?i)\b(\d+ (menit|jam|minutes?|hours?)|dalam waktu|within|segera kami|right away|soon we|hari ini kami)\b`)
	each(t, book(t), func(lang, key, text string) {
		if found := soon.FindString(text); found != "" && !strings.HasPrefix(key, "staff.") {
			t.Errorf("%s in %s.toml states a time (%q) that nobody has promised: %q", key, lang, found, text)
		}
	})
}

func TestSMSTextsDoNotCallTheServiceFree(t *testing.T) {
	t.Parallel()
	free := regexp.MustCompile(`(?i)(^|[^i] )gratis|layanan ini gratis|\bfree\b`)
	each(t, book(t), func(lang, key, text string) {
		if strings.HasPrefix(key, "sms.") && free.MatchString(strings.ReplaceAll(text, "Dari kami gratis", "")) {
			t.Errorf("%s in %s.toml says that an SMS is free, which the sender may pay for: %q", key, lang, text)
		}
	})
}

func TestEveryTextThatSaysFreeHasAWordingForSMS(t *testing.T) {
	t.Parallel()
	b := book(t)
	each(t, b, func(lang, key, text string) {
		free := regexp.MustCompile(`(?i)\b(gratis|free)\b`).MatchString(strings.ReplaceAll(text, "Dari kami gratis", ""))
		if free && !strings.HasPrefix(key, "sms.") && !b.Has(lang, "sms."+key) {
			t.Errorf("%s in %s.toml says that the line is free; where the sender pays for each SMS it needs sms.%s", key, lang, key)
		}
	})
}
