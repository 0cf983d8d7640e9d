package seal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
)

// Share is one opened share of an escrow.
type Share struct{ share }

// Holder is whose share it is.
func (s Share) Holder() string { return s.holder }

type share struct {
	holder      string
	number, of  int
	threshold   int
	fingerprint string
	made        time.Time
	value       group.Scalar
}

// shareWords is what a holder reads when they open their share, perhaps years later.
const shareWords = `This is your part of the key of a hotline. People in danger wrote to it, and what
they wrote can only be read with that key. If the key is lost, %[1]d of the %[2]d people who
hold a part can bring it back together; fewer cannot, and nobody alone can.

What to do
- Keep the encrypted file and your age identity, apart from each other. Keep this
  opened text nowhere.
- You are asked only when the hotline has lost its key, or to practise. Call back a
  person you know there, on a number you know, before you do anything.
- Then open the file (age -d -i IDENTITY FILE > part.txt) on a computer of your own and
  bring part.txt to the one who restores, on a stick, in person. They run:
  pulang keys restore --escrow keyset.age --share part.txt --share ... --out KEYSET
- Afterwards delete part.txt. When the key is turned over you get a new part; then
  destroy this one.
`

// text writes a share for its holder.
func (s share) text() ([]byte, error) {
	value, err := s.value.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("write share: %w", err)
	}
	var b bytes.Buffer
	_, _ = fmt.Fprintf(&b, "Pulang: part of a keyset\n\n")
	_, _ = fmt.Fprintf(&b, shareWords, s.threshold, s.of)
	_, _ = fmt.Fprintf(&b, "\nholder: %s\nmade: %s\nfingerprint: %s\nneeded: %d of %d\npart: %d\nsecret: %s\ncheck: %s\n",
		s.holder, s.made.UTC().Format(time.DateOnly), s.fingerprint, s.threshold, s.of, s.number, hex.EncodeToString(value), s.check(value))
	return b.Bytes(), nil
}

// check finds a slip of the pen; it tells eight digits of a hash of 252 random bits.
func (s share) check(value []byte) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %d %x", s.fingerprint, s.threshold, s.of, s.number, value))
	return hex.EncodeToString(sum[:4])
}

var errNotShare = errors.New("it is not a share of a keyset, or a character of it was changed")

// parseShare reads what text wrote.
func parseShare(body []byte) (share, error) {
	fields := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(body)); lines.Scan(); {
		if name, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), ": "); ok {
			fields[name] = strings.TrimSpace(value)
		}
	}
	s := share{holder: fields["holder"], fingerprint: fields["fingerprint"]}
	needed, of, _ := strings.Cut(fields["needed"], " of ")
	var wrong [4]error
	s.threshold, wrong[0] = strconv.Atoi(needed)
	s.of, wrong[1] = strconv.Atoi(of)
	s.number, wrong[2] = strconv.Atoi(fields["part"])
	s.made, wrong[3] = time.Parse(time.DateOnly, fields["made"])
	if errors.Join(wrong[:]...) != nil || !isPlainName(s.holder) || s.threshold < 2 || s.threshold > s.of || s.of > holdersMost || s.number < 1 || s.number > s.of {
		return share{}, errNotShare
	}
	raw, err := hex.DecodeString(fields["secret"])
	if err != nil || len(raw) != int(shamir.Params().ScalarLength) || s.check(raw) != fields["check"] {
		return share{}, errNotShare
	}
	s.value = shamir.NewScalar()
	if err := s.value.UnmarshalBinary(raw); err != nil {
		return share{}, errNotShare
	}
	return s, nil
}

// fitting says what is wrong with the shares, and readies them for joining.
func fitting(shares []Share) ([]secretsharing.Share, error) {
	if len(shares) == 0 {
		return nil, errors.New("no shares are given")
	}
	first := shares[0]
	seen := map[int]string{}
	var whole []secretsharing.Share
	for _, s := range shares {
		if s.fingerprint != first.fingerprint || s.threshold != first.threshold || s.of != first.of {
			return nil, fmt.Errorf("the shares of %s and %s belong to different escrows", first.holder, s.holder)
		}
		if whose, twice := seen[s.number]; twice {
			return nil, fmt.Errorf("the share of %s is given twice (%s)", whose, s.holder)
		}
		seen[s.number] = s.holder
		whole = append(whole, secretsharing.Share{ID: shamir.NewScalar().SetUint64(uint64(s.number)), Value: s.value}) // #nosec G115 -- 1 to holdersMost
	}
	if len(shares) < first.threshold {
		return nil, fmt.Errorf("%d shares are given and %d are needed: ask another holder", len(shares), first.threshold)
	}
	return whole, nil
}
