package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"pulang/internal/casefile"
)

// NameUnreadable gives what nobody could read the name it is stored under: a hash
// under the channel's secret. The body's own hash, which an adapter names it by, would
// let whoever steals the table try out guesses of what was written. Anything else is
// returned as it is. A repeat after the secret was changed is stored once more.
func NameUnreadable(secret string, a Arrived) Arrived {
	if a.Kind != casefile.KindUnreadable {
		return a
	}
	mac := hmac.New(sha256.New, []byte("name of what cannot be read\x00"+secret))
	_, _ = mac.Write([]byte(a.ProviderID)) // never fails
	a.ProviderID = "hash:" + hex.EncodeToString(mac.Sum(nil)[:16])
	return a
}
