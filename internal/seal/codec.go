package seal

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pulang/internal/casefile"
)

// The codec turns private nouns into bytes, only to be sealed at once. It is the
// one place where they are written out, and it knows how to read what an older
// release wrote: unknown fields are ignored, missing ones are zero.

type factJSON struct {
	Key    casefile.Key `json:"k"`
	Value  string       `json:"v,omitempty"`
	How    casefile.How `json:"h"`
	From   string       `json:"m,omitempty"`
	Phrase string       `json:"p,omitempty"`
	At     int64        `json:"t"`
}

type sessionJSON struct {
	Version  int               `json:"v"`
	Turn     int               `json:"n"`
	Stage    casefile.Stage    `json:"s"`
	Lang     casefile.Lang     `json:"l,omitempty"`
	Flow     casefile.Flow     `json:"f,omitempty"`
	Asking   casefile.Key      `json:"a,omitempty"`
	Since    int               `json:"q,omitempty"`
	Unread   int               `json:"u,omitempty"`
	Asked    []casefile.Key    `json:"d,omitempty"`
	Facts    []factJSON        `json:"x,omitempty"`
	Reporter casefile.Reporter `json:"r,omitempty"`
	LastIn   int64             `json:"i,omitempty"`
	Opened   int64             `json:"o,omitempty"`
	Nobody   int64             `json:"w,omitempty"`
	Privacy  bool              `json:"p,omitempty"`
	Short    bool              `json:"c,omitempty"`
}

// EncodeFact writes a fact for sealing.
func EncodeFact(f casefile.Fact) ([]byte, error) { return json.Marshal(toFact(f, true)) }

// DecodeFact reads what EncodeFact wrote.
func DecodeFact(b []byte) (casefile.Fact, error) {
	var in factJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return casefile.Fact{}, fmt.Errorf("decode fact: %w", errNotReadable)
	}
	return in.fact(), nil
}

var errNotReadable = fmt.Errorf("not readable: %w", ErrSealed)

func toFact(f casefile.Fact, whole bool) factJSON {
	out := factJSON{Key: f.Key, Value: f.Value.Reveal(), How: f.How, At: millis(f.At)}
	if whole {
		out.Phrase = f.Phrase.Reveal()
		if !f.From.IsZero() {
			out.From = f.From.String()
		}
	}
	return out
}

func (f factJSON) fact() casefile.Fact {
	from, _ := casefile.ParseID(f.From) // a fact without a message has no From
	return casefile.Fact{Key: f.Key, Value: casefile.Hide(f.Value), How: f.How, From: from,
		Phrase: casefile.Hide(f.Phrase), At: moment(f.At)}
}

// EncodeSession writes a session for sealing. Where a fact came from and the words
// that said it stay in the table of facts: a session only needs the meaning.
func EncodeSession(s casefile.Session) ([]byte, error) {
	out := sessionJSON{Version: s.Version, Turn: s.Turn, Stage: s.Stage, Lang: s.Lang, Flow: s.Flow,
		Asking: s.Asking, Since: s.Since, Unread: s.Unread, Asked: s.Asked, Reporter: s.Reporter,
		LastIn: millis(s.LastIn), Opened: millis(s.Opened), Nobody: millis(s.Nobody),
		Privacy: s.Privacy, Short: s.Short}
	for _, f := range s.Facts {
		out.Facts = append(out.Facts, toFact(f, false))
	}
	return json.Marshal(out)
}

// DecodeSession reads a session, also one that an older release wrote.
func DecodeSession(b []byte) (casefile.Session, error) {
	var in sessionJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return casefile.Session{}, fmt.Errorf("decode session: %w", errNotReadable)
	}
	s := casefile.Session{Version: in.Version, Turn: in.Turn, Stage: in.Stage, Lang: in.Lang, Flow: in.Flow,
		Asking: in.Asking, Since: in.Since, Unread: in.Unread, Asked: slices.Clone(in.Asked), Reporter: in.Reporter,
		LastIn: moment(in.LastIn), Opened: moment(in.Opened), Nobody: moment(in.Nobody),
		Privacy: in.Privacy, Short: in.Short}
	for _, f := range in.Facts {
		s.Facts = append(s.Facts, f.fact())
	}
	return s, nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
