package casefile

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"unique"
)

// Private is something a person told us, or that identifies them. It prints as
// [private] in every way of printing, refuses to be marshalled, compares with ==,
// and gives itself up only to Reveal. The zero Private is the empty text.
//
// It is a struct around a handle, not a string type: reflection-based printers
// reach the characters of a string type even where String is defined.
type Private struct {
	h unique.Handle[string]
}

const hidden = "[private]"

// ErrPrivate is returned by everything that would write a Private value out.
var ErrPrivate = errors.New("private value refuses to be written out")

// Hide makes a Private of s.
func Hide(s string) Private {
	if s == "" {
		return Private{}
	}
	return Private{unique.Make(s)}
}

// Reveal gives the text back. Only channels, seal, hear, console and exports may
// call it; a house rule counts the places.
func (p Private) Reveal() string {
	if p == (Private{}) {
		return ""
	}
	return p.h.Value()
}

// IsEmpty reports whether there is nothing in it.
func (p Private) IsEmpty() bool { return p == Private{} }

// Is reports whether the hidden text equals s, without giving it away.
func (p Private) Is(s string) bool { return p.Reveal() == s }

// Len is the length of the hidden text in bytes.
func (p Private) Len() int { return len(p.Reveal()) }

// String prints [private].
func (p Private) String() string { return hidden }

// GoString prints [private].
func (p Private) GoString() string { return hidden }

// Format prints [private] for every verb.
func (p Private) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue logs [private].
func (p Private) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON refuses.
func (p Private) MarshalJSON() ([]byte, error) { return nil, ErrPrivate }

// MarshalText refuses.
func (p Private) MarshalText() ([]byte, error) { return nil, ErrPrivate }

// MarshalBinary refuses.
func (p Private) MarshalBinary() ([]byte, error) { return nil, ErrPrivate }

// GobEncode refuses.
func (p Private) GobEncode() ([]byte, error) { return nil, ErrPrivate }
