package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"pulang/internal/casefile"
	"pulang/locales"
)

// phone reaches the alarm addresses: straight through the channels, with nothing of the
// database, the outbox or Redis in between.
type phone struct {
	channels []Channel
	book     *locales.Book
	alarm    Alarm
	now      func() time.Time
}

// errNobodyHears says that no alarm address took the alarm.
var errNobodyHears = errors.New("no alarm address is set, or none could be reached")

// silent reports whether there is nobody to tell; doctor says so.
func (p phone) silent() bool { return p.alarm == (Alarm{}) }

// tell says one of our texts to every alarm address at once. One that takes it is
// enough, also one of which nobody knows whether it did.
func (p phone) tell(ctx context.Context, key string, vars map[string]string) error {
	text, err := p.book.Text(string(casefile.Indonesian), key, vars)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	var telling sync.WaitGroup
	var told atomic.Bool
	for _, c := range p.channels {
		to := p.alarm.TelegramChat
		if c.Traits().OneSegment {
			to = p.alarm.SMSTo
		}
		if to.IsEmpty() {
			continue
		}
		out := Outgoing{Delivery: casefile.NewID(p.now()), To: to, Text: casefile.Hide(text)}
		telling.Go(func() {
			_, err := c.Send(ctx, out)
			var trouble *SendError
			if err == nil || errors.As(err, &trouble) && trouble.Outcome == Unknown {
				told.Store(true)
			}
		})
	}
	telling.Wait()
	if !told.Load() {
		return fmt.Errorf("%s: %w", key, errNobodyHears)
	}
	return nil
}
