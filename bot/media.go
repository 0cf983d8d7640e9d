package bot

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/media"
	"pulang/internal/store"
)

// Fetcher is a channel from which the files that people sent can be fetched.
type Fetcher interface {
	// Files are the files that a reference (Arrived.Media) speaks of; none for a
	// place or a contact, which say all in the reference itself.
	Files(reference casefile.Private) []File
	// Fetch gets one file of at most media.Most bytes. A non-nil error is always a
	// *SendError, in our words only: Retry and Slow are tried again, the others not.
	Fetch(ctx context.Context, ref casefile.Private) ([]byte, error)
}

// File is one file that a message speaks of.
type File struct {
	Ref  casefile.Private // what Fetch wants
	Name casefile.Private // what the sender calls it; empty when nothing
	Size int64            // as the provider tells it; 0: it does not
}

// TooLarge is the class of a file of more than media.Most bytes.
const TooLarge = "too_large"

const (
	fetchAtOnce  = 2
	fetchLimit   = 90 * time.Second // for one file
	claimedFor   = 3 * time.Minute  // then somebody else may fetch it
	firstRetry   = time.Minute
	lastRetry    = time.Hour
	mostAttempts = 30 // about a day
	notedAtOnce  = 50
)

// fetches is what fetching has to itself: it is stopped at once, because what is not
// finished is fetched again, and it draws one picture at a time, because a picture
// takes memory.
type fetches struct {
	ctx     context.Context
	stop    context.CancelFunc
	drawing sync.Mutex
}

func newFetches() *fetches {
	f := &fetches{}
	f.ctx, f.stop = context.WithCancel(context.Background())
	return f
}

// fetchOnce looks which files came, and fetches what is due, away from every turn: a
// person is answered whether or not their photo can be fetched.
func (l *Line) fetchOnce(ctx context.Context) (more bool, err error) {
	channels := l.fetchers()
	if len(channels) == 0 {
		return false, nil
	}
	now := l.now()
	noted, err := l.noteMedia(ctx, channels, now)
	if err != nil {
		return false, err
	}
	var claimed []store.Medium
	err = l.store.InTx(ctx, func(tx *store.Tx) (err error) {
		claimed, err = tx.ClaimMedia(ctx, channels, fetchAtOnce, now, now.Add(claimedFor))
		return err
	})
	if err != nil {
		return false, err
	}
	var hands sync.WaitGroup
	for _, m := range claimed {
		hands.Go(func() {
			if err := safely(func() error { return l.fetchOne(ctx, m) }); err != nil && !errors.Is(err, store.ErrStale) {
				l.itemFailed(ctx, "media", err) // its claim runs out, and it is fetched again
			}
		})
	}
	hands.Wait()
	if len(claimed) > 0 {
		l.changed()
	}
	return noted == notedAtOnce || len(claimed) == fetchAtOnce, nil
}

func (l *Line) fetchers() (names []casefile.ChannelName) {
	for _, c := range l.channels {
		if _, can := c.(Fetcher); can {
			names = append(names, c.Name())
		}
	}
	return names
}

// noteMedia writes down which files the messages speak of that nobody has looked at.
func (l *Line) noteMedia(ctx context.Context, channels []casefile.ChannelName, now time.Time) (noted int, err error) {
	err = l.store.InTx(ctx, func(tx *store.Tx) error {
		found, err := tx.UnlookedMedia(ctx, channels, notedAtOnce, now)
		if err != nil {
			return err
		}
		noted = len(found)
		for _, u := range found {
			var files []store.NewMedium
			for _, f := range l.byName[u.Channel].(Fetcher).Files(u.Media) {
				file := store.NewMedium{Ref: f.Ref, Name: f.Name}
				if f.Size > media.Most {
					file.Refused = TooLarge
				}
				files = append(files, file)
			}
			if err := tx.NoteMedia(ctx, u, files, now); err != nil {
				return err
			}
		}
		return nil
	})
	return noted, err
}

// fetchOne gets one file and keeps it, or puts it back for later.
func (l *Line) fetchOne(ctx context.Context, m store.Medium) error {
	limited, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	defer context.AfterFunc(l.fetches.ctx, cancel)()
	data, err := l.byName[m.Channel].(Fetcher).Fetch(limited, m.Ref)
	if err != nil {
		return l.notFetched(ctx, m, err)
	}
	mediaType := media.TypeOf(data)
	blur := l.blurred(data, mediaType)
	now := l.now()
	return l.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.KeepMedium(ctx, m, data, mediaType, blur, now); err != nil {
			return err
		}
		caseID, err := tx.CaseOf(ctx, m.Conversation)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("media"), Action: "media.kept", Case: caseID, Conversation: m.Conversation})
	})
}

// blurred is a picture too small to recognise anybody; nil when there is none.
func (l *Line) blurred(data []byte, mediaType string) []byte {
	if kind, _ := media.KindOf(mediaType); kind != media.Picture {
		return nil
	}
	l.fetches.drawing.Lock()
	defer l.fetches.drawing.Unlock()
	blur, err := media.Blur(data)
	if err != nil {
		return nil // it is kept all the same, and the page says that it cannot be shown
	}
	return blur
}

// notFetched writes down why a file is not there yet, and when it is tried again.
func (l *Line) notFetched(ctx context.Context, m store.Medium, err error) error {
	var told *SendError
	if !errors.As(err, &told) {
		told = &SendError{Outcome: Retry, Class: "other"}
	}
	now := l.now()
	again := now.Add(max(told.After, min(firstRetry<<min(m.Attempts-1, 10), lastRetry)))
	switch {
	case l.fetches.ctx.Err() != nil:
		again = now // we are stopping: whoever is next may begin at once
	case told.Outcome != Retry && told.Outcome != Slow && told.Outcome != Unknown, m.Attempts >= mostAttempts:
		again = time.Time{}
	}
	l.log.Warn("a file could not be fetched", "channel", m.Channel, "class", told.Class, "attempts", m.Attempts, "given_up", again.IsZero())
	return l.store.InTx(ctx, func(tx *store.Tx) error { return tx.MediumLater(ctx, m, told.Class, again) })
}

// Download is a provider's answer to a request for a file.
type Download struct {
	Status   int
	Data     []byte
	Location string // where it sends us on
	After    time.Duration
}

// Get asks a provider for a file and reads at most media.Most bytes of it. It follows
// nothing: where an answer leads is for the adapter to judge. The error is a
// *SendError; it never holds the address, which may hold the token.
func Get(ctx context.Context, base http.RoundTripper, address string, prepare func(*http.Request)) (Download, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Download{}, &SendError{Outcome: Refused, Class: "bad_address"}
	}
	if prepare != nil {
		prepare(req)
	}
	resp, err := base.RoundTrip(req)
	if err != nil {
		return Download{}, &SendError{Outcome: Retry, Class: classOf(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	got := Download{Status: resp.StatusCode, Location: resp.Header.Get("Location")}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 && s < 1e6 {
		got.After = time.Duration(s) * time.Second
	}
	if resp.ContentLength > media.Most {
		return got, &SendError{Outcome: Refused, Class: TooLarge}
	}
	got.Data, err = io.ReadAll(io.LimitReader(resp.Body, media.Most+1))
	switch {
	case err != nil:
		return got, &SendError{Outcome: Retry, Class: classOf(err)}
	case len(got.Data) > media.Most:
		return got, &SendError{Outcome: Refused, Class: TooLarge}
	}
	return got, nil
}

func classOf(err error) string {
	class, _ := networkClass(err)
	return class
}

// File is the file of a good answer, or why there is none. A file without a byte is
// none.
func (d Download) File() ([]byte, error) {
	switch {
	case d.Status == http.StatusOK && len(d.Data) > 0:
		return d.Data, nil
	case d.Status == http.StatusOK:
		return nil, &SendError{Outcome: Retry, Class: "empty"}
	case d.Status == http.StatusTooManyRequests:
		return nil, &SendError{Outcome: Slow, After: d.After, Class: "too_many"}
	case d.Status == http.StatusGone:
		return nil, &SendError{Outcome: Refused, Class: "gone"}
	}
	return nil, &SendError{Outcome: Retry, After: d.After, Class: "http_" + strconv.Itoa(d.Status)}
}
