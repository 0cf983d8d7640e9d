package redact

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
)

// Handler is a slog.Handler that passes on scrubbed records and nothing else.
type Handler struct{ next slog.Handler }

// NewHandler puts the scrubbing before next. main wraps its handler once; no
// logger is made without it.
func NewHandler(next slog.Handler) *Handler { return &Handler{next: next} }

// Enabled asks the next handler.
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle scrubs the message and every attribute, at any depth.
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(attr(a))
		return true
	})
	return h.next.Handle(ctx, clean)
}

// WithAttrs scrubs the attributes before the next handler formats them.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = attr(a)
	}
	return &Handler{next: h.next.WithAttrs(clean)}
}

// WithGroup scrubs the name too: a map's keys become names easily.
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{next: h.next.WithGroup(Text(name))}
}

// personal are the keys, or their last words, whose values speak of people
// and are dropped whatever they hold.
var personal = set("text body message_text phone msisdn address chat chat_id first_name last_name username " +
	"password secret token authorization cookie api_key")

// plain are the keys, or their last words, under which a number of any length
// is an id or a measure of ours.
var plain = set("id count n turn ms us ns seconds bytes size port pid line status code version seq generation " +
	"attempt rung total max min limit rows")

// attr scrubs one attribute.
func attr(a slog.Attr) slog.Attr {
	key := strings.ToLower(a.Key)
	last := key[strings.LastIndexAny(key, "_.-")+1:]
	if personal[key] || personal[last] {
		return slog.String(Text(a.Key), "[removed]")
	}
	return slog.Attr{Key: Text(a.Key), Value: value(a.Value, plain[last])}
}

// value scrubs a value; numbers pass as they are when the key allows it.
func value(v slog.Value, numbers bool) slog.Value {
	v = v.Resolve()
	switch v.Kind() {
	case slog.KindBool, slog.KindDuration, slog.KindTime:
		return v
	case slog.KindInt64, slog.KindUint64, slog.KindFloat64:
		if numbers || number.FindString(v.String()) == "" {
			return v
		}
		return slog.StringValue("[number]")
	case slog.KindGroup:
		group := v.Group()
		clean := make([]slog.Attr, len(group))
		for i, a := range group {
			clean[i] = attr(a)
		}
		return slog.GroupValue(clean...)
	case slog.KindString:
		return slog.StringValue(Text(v.String()))
	}
	return slog.StringValue(Text(inWords(v.Any())))
}

// inWords puts a value of any type into words: an error's or Stringer's own,
// else its JSON. What cannot be put into words becomes the name of its type,
// and so does anything that panics while it is asked.
func inWords(v any) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("[%T]", v)
		}
	}()
	switch v := v.(type) {
	case nil:
		return "<nil>"
	case error:
		return v.Error()
	case json.RawMessage:
		return string(v)
	case []byte:
		return fmt.Sprintf("[%d bytes]", len(v))
	case fmt.Stringer:
		return v.String()
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("[%T]", v)
	}
	return string(data)
}

// set turns words into a set.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
