package bot

import (
	"crypto/rand"
	"time"

	"pulang/internal/casefile"
)

// words renders one of our texts for a channel. A channel whose messages cost the
// person has its own wording where the usual one would be untrue there.
func (l *Line) words(channel casefile.ChannelName, lang, key string, vars map[string]string) (casefile.Private, error) {
	if l.traits(channel).CostsThem && l.book.Has(lang, "sms."+key) {
		key = "sms." + key
	}
	text, err := l.book.Text(lang, key, vars)
	return casefile.Hide(text), err
}

// refAlphabet has no letter or digit that is mistaken for another when read aloud
// or on a bad screen.
const refAlphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// newRef is a case reference: short, unprefixed, not sequential (rule 16). A
// repeated one is refused by the database and the turn is taken again.
func newRef() string {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails since Go 1.24
	for i, b := range random {
		random[i] = refAlphabet[int(b)%len(refAlphabet)]
	}
	return string(random[:])
}

// minutes is a waiting time as alerts and pages give it.
func minutes(since, now time.Time) int { return max(0, int(now.Sub(since)/time.Minute)) }
