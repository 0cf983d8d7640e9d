package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pulang/internal/seal"
)

type keysEscrowCommand struct {
	Holder    []string `required:"" sep:"none" help:"NAME=age1..., once for each holder; they make the key with age-keygen and keep the identity."`
	Threshold int      `required:"" help:"How many holders can restore together; 2 or more."`
	Out       string   `required:"" help:"Folder to write to; it must not exist."`
}

// escrowWords is README.txt beside the files of an escrow.
const escrowWords = `An escrow of the keyset of Pulang, made %s.
Fingerprint of the keyset: %s

keyset.age       the keyset, encrypted. It opens with %d of the %d shares, and with nothing
                 else. Keep it where it survives the machine: two places, one of them
                 offline. Nobody can read it alone, so it need not be secret.
share-NAME.age   the share of each holder, encrypted to them alone. Give each to its
                 holder. Keep no collection of opened shares anywhere.

To restore: %d holders open their share with their age identity, each on a computer of
their own (age -d -i IDENTITY share-NAME.age > part.txt), and bring part.txt. Then:
  pulang keys restore --escrow keyset.age --share part.txt --share ... --out KEYSET
The fingerprint it prints must be the one above.

Practise it once a year, on a machine that is not the hotline's, and delete what was
restored. After keys were turned over (pulang keys rotate) make a new escrow.
`

// Run writes the escrow into a folder of its own.
func (c keysEscrowCommand) Run(w world) error {
	var holders []seal.Holder
	for _, text := range c.Holder {
		h, err := seal.ParseHolder(text)
		if err != nil {
			return err
		}
		holders = append(holders, h)
	}
	keys, err := w.keysOnly()
	if err != nil {
		return err
	}
	escrow, err := keys.MakeEscrow(holders, c.Threshold, w.now())
	if err != nil {
		return err
	}
	if err := c.write(escrow, len(holders), w.now()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, `Wrote an escrow of the keyset %s to %s.
%d of these %d restore it together: %s
README.txt there says what to do with each file. Practise a restore before you rely on it.
`, escrow.Fingerprint, c.Out, c.Threshold, len(holders), strings.Join(names(holders), ", "))
	return err
}

func names(holders []seal.Holder) (all []string) {
	for _, h := range holders {
		all = append(all, h.Name)
	}
	return all
}

func (c keysEscrowCommand) write(e seal.Escrow, holders int, now time.Time) error {
	if err := os.Mkdir(c.Out, 0o700); err != nil {
		if os.IsExist(err) {
			return fmt.Errorf("%s exists already; an escrow gets a folder of its own", c.Out)
		}
		return fmt.Errorf("make the folder of the escrow: %w", err)
	}
	files := map[string][]byte{
		"keyset.age": e.Keyset,
		"README.txt": fmt.Appendf(nil, escrowWords, now.UTC().Format(time.DateOnly), e.Fingerprint, e.Threshold, holders, e.Threshold),
	}
	for name, body := range e.Shares {
		files["share-"+name+".age"] = body
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(c.Out, name), body, 0o600); err != nil {
			return fmt.Errorf("write escrow: %w", err)
		}
	}
	return nil
}

type keysRestoreCommand struct {
	Escrow   string   `required:"" type:"existingfile" help:"keyset.age of the escrow."`
	Share    []string `required:"" sep:"none" help:"A share, once for each: opened by its holder with age -d, or still encrypted with --identity."`
	Identity []string `sep:"none" help:"age identity files for shares that are still encrypted; better let holders open theirs themselves."`
	Out      string   `required:"" help:"Where to write the keyset; it must not exist."`
}

// Run writes the keyset file, sealed by the KMS of the settings.
func (c keysRestoreCommand) Run(w world) error {
	kms, err := w.kms()
	if err != nil {
		return err
	}
	escrow, err := os.ReadFile(c.Escrow)
	if err != nil {
		return fmt.Errorf("read the escrow: %w", err)
	}
	var identities []byte
	for _, path := range c.Identity {
		body, err := os.ReadFile(path) // #nosec G304 -- the operator names the file
		if err != nil {
			return fmt.Errorf("read an identity: %w", err)
		}
		identities = append(append(identities, body...), '\n')
	}
	var shares []seal.Share
	for _, path := range c.Share {
		body, err := os.ReadFile(path) // #nosec G304 -- the operator names the file
		if err != nil {
			return fmt.Errorf("read a share: %w", err)
		}
		s, err := seal.OpenShare(body, identities)
		if err != nil {
			return fmt.Errorf("the share %s: %w", path, err)
		}
		shares = append(shares, s)
	}
	fingerprint, err := seal.Restore(escrow, shares, c.Out, kms)
	if err != nil {
		return errors.Join(errors.New("nothing was restored"), err)
	}
	_, err = fmt.Fprintf(w.stdout, "Restored the keyset to %s%s. Fingerprint: %s\nNow delete the opened shares.\n", c.Out, sealedBy(kms), fingerprint)
	return err
}
