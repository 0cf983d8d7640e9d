package main

import (
	"fmt"

	"pulang/internal/seal"
)

type keysCommand struct {
	New keysNewCommand `cmd:"" help:"Make a keyset file."`
}

type keysNewCommand struct {
	File string `arg:"" help:"Where to write it; it must not exist."`
}

// Run makes a keyset file. It never overwrites one.
func (c keysNewCommand) Run(w world) error {
	if err := seal.Create(c.File); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w.stdout, `Made the keyset %s.
Everything people say is sealed with it. Keep a copy on paper or on a disk in a safe,
apart from the database's backups: without it nothing opens again, and with it
everything does. Then set KEYSET_FILE=%s
`, c.File, c.File)
	return err
}
