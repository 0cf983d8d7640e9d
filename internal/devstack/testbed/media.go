package testbed

import (
	"context"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/media"
	"pulang/internal/store"
)

// Sends sends a file, which is fetched and kept at once, and returns it.
func (p *Person) Sends(kind casefile.MessageKind, name string, data []byte) casefile.ID {
	p.bed.Helper()
	m := p.noted(kind, name)
	p.bed.Tx(func(tx *store.Tx) error {
		mediaType := media.TypeOf(data)
		blur, err := media.Blur(data)
		if err != nil {
			blur = nil
		}
		return tx.KeepMedium(p.bed.Context(), m, data, mediaType, blur, p.bed.Now())
	})
	return m.ID
}

// SendsInVain sends a file that cannot be fetched: it is tried again at a moment, or
// given up when there is none.
func (p *Person) SendsInVain(kind casefile.MessageKind, reason string, again time.Time) casefile.ID {
	p.bed.Helper()
	m := p.noted(kind, "")
	p.bed.Tx(func(tx *store.Tx) error { return tx.MediumLater(p.bed.Context(), m, reason, again) })
	return m.ID
}

// noted is the file of a message that was just taken by a turn, claimed by a fetcher.
func (p *Person) noted(kind casefile.MessageKind, name string) (claimed store.Medium) {
	p.bed.Helper()
	shape := p.Shape
	p.Shape = func(m *store.Message) {
		if shape != nil {
			shape(m)
		}
		m.Kind, m.Text, m.Media = kind, casefile.Private{}, casefile.Hide(`{"type":"`+string(kind)+`"}`)
	}
	p.Says("")
	p.Shape = shape
	channels := []casefile.ChannelName{p.Address.Channel}
	p.bed.Tx(func(tx *store.Tx) error {
		claimed = p.claim(tx, channels, name)
		return nil
	})
	return claimed
}

func (p *Person) claim(tx *store.Tx, channels []casefile.ChannelName, name string) store.Medium {
	p.bed.Helper()
	ctx, now := p.bed.Context(), p.bed.Now()
	news, err := tx.UnlookedMedia(ctx, channels, 1, now)
	if err != nil || len(news) != 1 {
		p.bed.Fatalf("new media: %d, %v", len(news), err)
	}
	if err := tx.NoteMedia(ctx, news[0], []store.NewMedium{{Ref: casefile.Hide("ref"), Name: casefile.Hide(name)}}, now); err != nil {
		p.bed.Fatal(err)
	}
	return claimOne(ctx, p.bed, tx, channels, now)
}

func claimOne(ctx context.Context, b *Bed, tx *store.Tx, channels []casefile.ChannelName, now time.Time) store.Medium {
	b.Helper()
	claimed, err := tx.ClaimMedia(ctx, channels, 1, now, now.Add(time.Minute))
	if err != nil || len(claimed) != 1 {
		b.Fatalf("claimed media: %d, %v", len(claimed), err)
	}
	return claimed[0]
}
