package main

import (
	"errors"
	"fmt"

	"github.com/alecthomas/kong"
)

// errNotUnderstood is a command that was not understood: status 2.
var errNotUnderstood = errors.New("not understood")

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command to tell about, such as: keys rotate."`
}

// Run tells what --help tells: of all commands, or of one.
func (c helpCommand) Run(asked *kong.Context) error {
	about, err := kong.Trace(asked.Kong, c.Command)
	if err == nil {
		err = about.Error
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNotUnderstood, err)
	}
	return about.PrintUsage(false)
}
