package locales

import (
	"regexp"
	"strings"
	"testing"
)

func TestNoTextSaysWhatTheRulesForbid(t *testing.T) {
	t.Parallel()
	b := book(t)
	plain := make(map[string]string) // variables are not our words
	for name := range longest {
		plain[name] = "N"
	}
	for _, lang := range b.Langs() {
		for _, key := range spoken(b) {
			text, err := b.Text(lang, key, plain)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range Lint(text) {
				if strings.HasPrefix(key, "staff.") && strings.HasPrefix(found.Rule, "8:") {
					continue // staff are told how long somebody waits
				}
				t.Errorf("rule %s: %s in %s.toml says %q: %q", found.Rule, key, lang, found.Found, text)
			}
		}
	}
}

// TestEachBanCatchesItsWords: a pattern that matches nothing forbids nothing.
func TestEachBanCatchesItsWords(t *testing.T) {
	t.Parallel()
	for text, rule := range map[string]string{
		"Kenapa kamu ke sana?": "5: never ask why", "itu ilegal": "5: never blame", "Kami PASTI datang": "6:", "kabur saja": "7:",
		"telepon 0812": "28:", "kirim 5 juta": "30:", "hubungi KBRI": "45:", "kamu saksi": "59:", "kamu bukan korban": "60:",
		"tenang ya": "tone: never", "tulis STOP": "9:", "kami jawab dalam waktu dekat": "8:", "Halo!": "tone: no", "oke \U0001F600": "tone: no",
	} {
		if found := Lint(text); len(found) != 1 || !strings.HasPrefix(found[0].Rule, rule) {
			t.Errorf("%q: found %v, want rule %s alone", text, found, rule)
		}
	}
	if found := Lint("Kami baca pesanmu. Boleh berhenti kapan saja."); len(found) != 0 {
		t.Errorf("a good text is refused: %v", found)
	}
	if found := LintDisguised("Petugas menjawab sebentar lagi"); len(found) != 1 || !strings.HasPrefix(found[0].Rule, "15:") {
		t.Errorf("a telling text for a watched phone: %v", found)
	}
}

func TestRule15TheDisguisedPackTellsNothing(t *testing.T) {
	t.Parallel()
	each(t, book(t), func(lang, key, text string) {
		shown := strings.HasPrefix(key, "disguised.") || key == "all.safe_now" || key == "all.safe_now_both" || key == "line.hello" ||
			strings.HasPrefix(key, "line.outage")
		if found := telling().FindString(text); shown && found != "" {
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
	for key, more := range map[string]string{"staff.alert": "", "staff.alert_twice": "", "staff.alerts_together": "count "} {
		if got := strings.Join(variables(t, b, "en", key), " "); got != "code "+more+"link minutes urgency" {
			t.Errorf("%s has the variables %q, want code, link, minutes, urgency, and how many when there are many", key, got)
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
		case "all.safe_now", "all.price", "all.pay", "info.pay", "disguised.pay", "sms.all.price", "all.close", "info.close", "family.ransom", "sms.family.ransom", "family.ransom_said":
			if !regexp.MustCompile(`(?i)(tidak|tak) pernah minta uang|never ask for money`).MatchString(text) {
				t.Errorf("%s in %s.toml must say that we never ask for money: %q", key, lang, text)
			}
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
