package casefile

import (
	"slices"
	"strings"
	"unicode"
)

// withdrawals are the words by which somebody takes back what they agreed to (rule
// 22), also typed badly. Only alone: "saya mau cabut" means that somebody leaves.
var withdrawals = []string{"cabut", "cabt", "cbut", "cabutt", "cabut izin", "cabut ijin", "cabut persetujuan",
	"withdraw", "withdrawl", "witdraw", "withdrow", "withdraw consent"}

// Withdraws reports whether a message says nothing but that what was agreed to is
// taken back.
func (p Private) Withdraws() bool {
	words := strings.FieldsFunc(strings.ToLower(p.Reveal()), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.Contains(withdrawals, strings.Join(words, " "))
}
