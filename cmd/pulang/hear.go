package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"pulang/internal/hear"
)

type hearCommand struct{}

// longestText is how many bytes of a line are kept; a message has at most 4,096
// characters, and hear reads less than this.
const longestText = 1 << 20

// Run reads one text per line of stdin, and prints what was understood as one JSON
// object per line.
func (hearCommand) Run(w world) error {
	ear, err := hear.New()
	if err != nil {
		return err
	}
	in, out := bufio.NewReader(w.stdin), bufio.NewWriter(w.stdout)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for {
		text, err := beginning(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read stdin: %w", err)
		}
		if err := lines.Encode(ear.Line(text)); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
}

// beginning reads one line of any length, and gives the first longestText bytes of
// it. The error is io.EOF where no line is left.
func beginning(in *bufio.Reader) (string, error) {
	var line []byte
	for more, begun := true, false; more; begun = true {
		part, goesOn, err := in.ReadLine()
		switch {
		case errors.Is(err, io.EOF) && begun:
			return string(line), nil
		case err != nil:
			return "", err
		}
		line = append(line, part[:min(len(part), longestText-len(line))]...)
		more = goesOn
	}
	return string(line), nil
}
