package locales

import (
	"regexp"
	"sync"
	"unicode"
)

// ban is a family of words that nothing may say, with the rule that forbids it. It is
// looked for in every language: the line speaks several in one message.
type ban struct {
	rule    string
	pattern *regexp.Regexp
}

// bans are made when they are first needed: most of the time nobody writes such a text.
var bans = sync.OnceValue(func() []ban {
	return []ban{
		{"5: never ask why", regexp.MustCompile(`(?i)\b(kenapa|mengapa|why)\b`)},
		{"5: never blame", regexp.MustCompile(`(?i)\b(ilegal|illegal|pelaku|perpetrator|salah sendiri|your own fault|kok mau|scam\w*|penipu\w*)\b`)},
		{"6: never promise", regexp.MustCompile(`(?i)\b(pasti|kami jemput|diselamatkan|dijamin|jamin\w*|will rescue|will save|guarantee\w*|promise you|segera pulang|home soon)\b`)},
		{"7: never tell anyone to escape, fight, lie, go, pay or bargain", regexp.MustCompile(`(?i)\b(kabur|larilah|escape|lawan|fight|bohong\w*|lie to|datanglah|pergilah|go to the|bayar saja|just pay|tawar|negotiate|nego\w*)\b`)},
		{"28: numbers of others come from the directory, not from here", regexp.MustCompile(`\d{3,}`)},
		{"30: no amounts", regexp.MustCompile(`(?i)\b(rp|juta|jt|usd|dolar|dollars?|million)\b`)},
		{"45: no abbreviations", regexp.MustCompile(`\b(TPPO|WNI|PMI|TKI|KBRI|KJRI|KP2MI|BP2MI|BP3MI|LPSK|PPA|SOP|ASAP|FAQ|ID)\b`)},
		{"59: nothing is an admission", regexp.MustCompile(`(?i)\b(tersangka|suspect|saksi|kejahatan|crime|criminal|kriminal|online scam|judi\w*)\b`)},
		{"60: never 'not a victim'", regexp.MustCompile(`(?i)\b(bukan korban|not a victim|korban|victims?)\b`)},
		{"tone: never tell anyone to be calm", regexp.MustCompile(`(?i)\b(tenang|calm down|don't worry|jangan khawatir)\b`)},
		{"9: no words that a phone company answers by itself", regexp.MustCompile(`\b(END|QUIT|CANCEL|STOP|UNSUBSCRIBE|YES|INFO)\b`)},
		{"8: no time is stated that nobody has promised", regexp.MustCompile(`(?i)\b(\d+ (menit|jam|minutes?|hours?)|dalam waktu|within|segera kami|right away|soon we|hari ini kami)\b`)},
	}
})

// telling is what would give the line away to whoever looks over a shoulder.
var telling = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(bahaya|danger\w*|polisi|police|petugas|staff|officers?|tim|team|korban|victims?|` +
		`perdagangan|traffick\w*|selter|shelter|rumah aman|lapor\w*|reports?|reported|tolong|help|bantu\w*|sekap\w*|dikunci|locked|guard\w*|` +
		`siksa|pukul\w*|beaten|paspor|passport|uang tebusan|ransom|kedutaan|embassy|kementerian|ministry|hotline|IOM|kasus|case|hapus|delete|` +
		`myanmar|myawaddy|kamboja|cambodia|laos|thailand|filipina|philippines|indonesia)\b`)
})

// Finding is why a text may not be said.
type Finding struct {
	Rule  string // the rule it breaks, by its number and in our words
	Found string // the words that break it
}

// Lint finds what a text says that no text of ours may say. It is for words that are
// said to many people: the texts here, and the replies that staff keep at hand.
func Lint(text string) []Finding {
	var found []Finding
	for _, b := range bans() {
		if words := b.pattern.FindString(text); words != "" {
			found = append(found, Finding{b.rule, words})
		}
	}
	for _, r := range text {
		if r == '!' || r > unicode.MaxASCII {
			return append(found, Finding{"tone: no exclamation marks, no emoji, no characters outside ASCII", string(r)})
		}
	}
	return found
}

// LintDisguised is Lint for a text that others may read: it also finds what would
// tell them what the line is for (rule 15).
func LintDisguised(text string) []Finding {
	found := Lint(text)
	if words := telling().FindString(text); words != "" {
		found = append(found, Finding{"15: it tells whoever looks over a shoulder", words})
	}
	return found
}
