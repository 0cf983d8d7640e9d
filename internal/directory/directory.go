// Package directory knows the institutions that may be asked for help, and which of
// their numbers may be told to somebody: what the program ships (institutions.toml),
// and what staff made of it since.
//
// It promises that no entry is taken whose number is not valid or rings in another
// country than the office is in (a hotline was printed with a foreign prefix by four
// newspapers), that nothing is told that a supervisor has not confirmed, or that was
// checked too long ago, and that there is always one number left: the central one.
// Everything here is pure.
//
// It leaves keeping to store, who may change what to cases, and agencies to access: here
// an agency is the word that access knows it by.
package directory

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// StaleAfter is how long a check of a number is good for. After it nobody is told the
// number until somebody has called it again.
const StaleAfter = 180 * 24 * time.Hour

// MostNumbers is how many numbers an entry has, and how many a person is told.
const MostNumbers = 2

// Anywhere is a country that stands for all.
const Anywhere = "*"

// The kinds of number.
const (
	Phone    = "phone"
	WhatsApp = "whatsapp"
)

// Kinds are the kinds of number.
var Kinds = []string{Phone, WhatsApp}

// Desks are which desk of an office a number reaches; empty is all of it.
var Desks = []string{"", "protection", "consular", "abroad"}

// Hours are when somebody answers; empty is not known.
var Hours = []string{"", "always", "office"}

// Marks are how much a shipped entry is trusted, and what an entry of staff has: "".
var Marks = []string{"", "good", "fair", "check", "missing"}

// Number is a number of an institution.
type Number struct {
	E164 string `toml:"e164" json:"e164"`
	Kind string `toml:"kind" json:"kind"`
	Desk string `toml:"desk" json:"desk,omitempty"`
}

// Entry is an institution as the directory has it. Nothing in it is about a person who
// wrote.
type Entry struct {
	ID        string            `toml:"id" json:"id"` // stays for good
	Agency    string            `toml:"agency" json:"agency"`
	Name      map[string]string `toml:"name" json:"name"`       // by language
	Country   string            `toml:"country" json:"country"` // where the office is, and its numbers ring
	Serves    []string          `toml:"serves" json:"serves"`   // where somebody is whom it helps
	Central   bool              `toml:"central" json:"central,omitempty"`
	Numbers   []Number          `toml:"numbers" json:"numbers,omitempty"`
	Local     string            `toml:"local" json:"local,omitempty"` // dialled inside the country; never told to anybody
	Hours     string            `toml:"hours" json:"hours,omitempty"`
	Web       string            `toml:"web" json:"web,omitempty"`
	Mark      string            `toml:"mark" json:"mark,omitempty"`
	Source    string            `toml:"source" json:"source"`
	CheckedOn string            `toml:"checked_on" json:"checked_on"` // YYYY-MM-DD
	Confirmed bool              `toml:"confirmed" json:"-"`           // only of what is shipped
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// NewID makes the id of a new entry of its name and the time.
func NewID(e Entry, now time.Time) string {
	slug := strings.Trim(notInID.ReplaceAllString(strings.ToLower(e.In("en")), "-"), "-")
	return strings.Trim(slug[:min(len(slug), 24)], "-") + "-" + strconv.FormatInt(now.UnixMilli(), 36)
}

// In is the name in a language, or in whichever there is.
func (e Entry) In(lang string) string {
	for _, l := range []string{lang, "id", "en"} {
		if name := e.Name[l]; name != "" {
			return name
		}
	}
	return e.ID
}

// Checked is the day of the last check; zero when it is not a day.
func (e Entry) Checked() time.Time {
	day, err := time.Parse(time.DateOnly, e.CheckedOn)
	if err != nil {
		return time.Time{}
	}
	return day
}

// Stale reports whether the last check is too long ago.
func (e Entry) Stale(now time.Time) bool { return now.Sub(e.Checked()) > StaleAfter }

// Helps reports whether the office helps somebody who is in a country.
func (e Entry) Helps(country string) bool {
	return slices.Contains(e.Serves, country) || slices.Contains(e.Serves, Anywhere)
}

//go:embed institutions.toml
var shipped string

// Shipped is what the program ships, in its order. It is an error when an entry is not
// one that staff could have written, or when not exactly one is central and confirmed.
func Shipped() ([]Entry, error) { return read(shipped) }

func read(text string) ([]Entry, error) {
	var file struct {
		Institution []Entry `toml:"institution"`
	}
	meta, err := toml.Decode(text, &file)
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("read directory: unknown field %s", unknown[0])
	}
	known := map[string]bool{}
	var confirmed []string
	for _, e := range file.Institution {
		if known[e.ID] {
			return nil, fmt.Errorf("directory: %s is there twice", e.ID)
		}
		known[e.ID] = true
		if _, err := Check(e); err != nil {
			return nil, fmt.Errorf("directory: %s: %w", e.ID, err)
		}
		if e.Confirmed {
			confirmed = append(confirmed, e.ID)
		}
		if e.Central != e.Confirmed {
			return nil, fmt.Errorf("directory: %s: only the central entry ships confirmed", e.ID)
		}
	}
	if len(confirmed) != 1 {
		return nil, errors.New("directory: there must be one central entry, no more and no less")
	}
	return file.Institution, nil
}
