package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"pulang/internal/rekey"
	"pulang/internal/seal"
	"pulang/internal/spool"
	"pulang/internal/store"
)

type keysCommand struct {
	New         keysNewCommand         `cmd:"" help:"Make a keyset file."`
	Rotate      keysRotateCommand      `cmd:"" help:"Turn the keys over while serve runs; carries on where an earlier call was stopped."`
	Fingerprint keysFingerprintCommand `cmd:"" help:"Name the keyset, to compare it with an escrow; tells nothing of the keys."`
	Escrow      keysEscrowCommand      `cmd:"" help:"Split a copy of the keyset among named holders."`
	Restore     keysRestoreCommand     `cmd:"" help:"Bring a keyset back from an escrow and enough of its shares."`
}

type keysNewCommand struct {
	File string `arg:"" help:"Where to write it; it must not exist."`
}

// Run makes a keyset file, sealed by the KMS of the settings. It never overwrites one.
func (c keysNewCommand) Run(w world) error {
	kms, err := w.kms()
	if err != nil {
		return err
	}
	if err := seal.Create(c.File, kms); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, `Made the keyset %s%s.
Everything people say is sealed with it: without it nothing opens again, and with it
everything does. Split a copy among people who hold one together, now:
  pulang keys escrow --holder NAME=age1... (several) --threshold 2 --out FOLDER
Keep it apart from the database's backups. Then set KEYSET_FILE=%s
`, c.File, sealedBy(kms), c.File)
	return err
}

func sealedBy(kms *seal.KMS) string {
	if kms == nil {
		return ""
	}
	return ", sealed by " + kms.URI()
}

// kms is the KMS of the settings, for commands that need no others of them.
func (w world) kms() (*seal.KMS, error) {
	s, wrong := readSettings(w.getenv)
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return s.kms()
}

// openKeys opens the keyset file of the settings.
func (s settings) openKeys() (*seal.Keys, error) {
	kms, err := s.kms()
	if err != nil {
		return nil, err
	}
	return seal.OpenFile(s.KeysetFile, kms)
}

// tryKeys is for the doctor.
func (s settings) tryKeys() (string, error) {
	keys, err := s.openKeys()
	if err != nil {
		return "", err
	}
	word := "opens, generation " + fmt.Sprint(keys.Generation()) + ", fingerprint " + keys.Fingerprint()
	if s.KeysetKMS != "" {
		word += ", sealed by the KMS"
	}
	if keys.Phase() != seal.Steady {
		word += "; a rotation is under way (" + string(keys.Phase()) + "), carry on with: pulang keys rotate"
	}
	return word, nil
}

// keysOnly opens the keyset for a command that needs nothing else.
func (w world) keysOnly() (*seal.Keys, error) {
	s, wrong := readSettings(w.getenv)
	if s.KeysetFile == "" {
		wrong.say("KEYSET_FILE is not set")
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return s.openKeys()
}

type keysFingerprintCommand struct{}

// Run prints the fingerprint and nothing else.
func (keysFingerprintCommand) Run(w world) error {
	keys, err := w.keysOnly()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.stdout, keys.Fingerprint())
	return err
}

type keysRotateCommand struct {
	IntroduceOnly bool `help:"Stop before anything is sealed with the new keys, to make an escrow of them first; call rotate again afterwards."`
}

// Run turns the keys over.
func (c keysRotateCommand) Run(ctx context.Context, w world) error {
	return withDatabase(ctx, w, openDatabase, func(s settings, db *store.Store) error {
		if err := spoolIsLookedAfter(s); err != nil {
			return err
		}
		if err := db.CheckKeys(ctx); errors.Is(err, store.ErrOtherKeys) {
			return errOtherKeyset
		}
		r := rekey.Rotation{Keys: db.Keys(), Store: db, Now: w.now, IntroduceOnly: c.IntroduceOnly, Say: func(said string) {
			_, _ = fmt.Fprintln(w.stdout, said)
		}}
		err := r.Run(ctx)
		if errors.Is(err, context.Canceled) {
			return errors.New("stopped; nothing is lost. Carry on with: pulang keys rotate")
		}
		if errors.Is(err, store.ErrOldKeys) {
			return errOldKeyset
		}
		if err != nil {
			return fmt.Errorf("the rotation stopped, and the line goes on with the keys it has; carry on with: pulang keys rotate: %w", err)
		}
		if c.IntroduceOnly {
			_, err = fmt.Fprintln(w.stdout, "Make an escrow now (pulang keys escrow), then call: pulang keys rotate")
			return err
		}
		_, err = fmt.Fprintf(w.stdout, `Fingerprint: %s
An escrow from before these keys were made does not open what is written from now on:
make a new one (pulang keys escrow), unless you did after --introduce-only. Keep the old
one for as long as you keep backups from before.
`, db.Keys().Fingerprint())
		return err
	})
}

// spoolIsLookedAfter refuses to drop keys that messages in the spool are still under:
// those of a dead process are wrapped anew only when a process takes them up.
func spoolIsLookedAfter(s settings) error {
	if s.SpoolDir == "" {
		return nil
	}
	if n, err := spool.Orphans(s.SpoolDir); n > 0 || err != nil {
		return errors.New("messages wait in SPOOL_DIR, and no program looks after them: start pulang serve until doctor says that none wait, then turn the keys")
	}
	return nil
}

// checkGeneration refuses a keyset that is older than the database, or another one's.
func checkGeneration(ctx context.Context, db *store.Store) error {
	err := db.CheckKeys(ctx)
	switch {
	case errors.Is(err, store.ErrOldKeys) && db.Keys().Phase() != seal.Steady:
		return errors.New("the keyset is a copy from the middle of a rotation that went on since; bring it forward with: pulang keys rotate")
	case errors.Is(err, store.ErrOldKeys):
		return errOldKeyset
	case errors.Is(err, store.ErrOtherKeys):
		return errOtherKeyset
	}
	return err
}

var errOldKeyset = errors.New("the keyset is not the one of this database, or a copy from before its keys were turned over: " +
	"put the newest keyset file back, or restore it from your newest escrow")

var errOtherKeyset = errors.New("the keyset is not the one of this database: it opens none of it. Look at KEYSET_FILE and DATABASE_URL; " +
	"a database that came from a backup opens with the keyset of its time, from the escrow of that time")

// processName is how the operator recognises this process.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return strings.ToLower(host) + ":" + fmt.Sprint(os.Getpid())
}
