package main

import (
	"bufio"
	"encoding/json"
	"fmt"

	"pulang/internal/hear"
)

type hearCommand struct{}

// longestText is the longest line that is read; a message has at most 4,096
// characters.
const longestText = 1 << 20

// Run reads one text per line of stdin, and prints what was understood as one JSON
// object per line.
func (hearCommand) Run(w world) error {
	ear, err := hear.New()
	if err != nil {
		return err
	}
	in := bufio.NewScanner(w.stdin)
	in.Buffer(nil, longestText)
	out := bufio.NewWriter(w.stdout)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for in.Scan() {
		if err := lines.Encode(ear.Line(in.Text())); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("read stdin: %w", err)
	}
	return nil
}
