package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"pulang/internal/casefile"
)

// words are the texts of a page in one language, and the way it writes times.
type words struct {
	c    *console
	Lang string
	now  time.Time
	full bool // times in full, for paper
}

// wordsIn are the words of a language, or of the first one there is.
func (c *console) wordsIn(lang string) words {
	if !c.Book.Has(lang, "console.title") {
		lang = string(casefile.Indonesian)
	}
	return words{c: c, Lang: lang, now: c.Now()}
}

// wordsOf are the words a browser asks for, before anybody is known.
func (c *console) wordsOf(r *http.Request) words {
	for asked := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(asked), ";")
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if c.Book.Has(lang, "console.title") {
			return c.wordsIn(lang)
		}
	}
	return c.wordsIn(string(casefile.Indonesian))
}

// T is a text of the console; pairs are names and values of its variables. A text
// that is missing is an error, and the page is not shown half.
func (w words) T(key string, pairs ...any) (string, error) {
	vars := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		switch value := pairs[i+1].(type) {
		case string:
			vars[name] = value
		case int:
			vars[name] = strconv.Itoa(value)
		}
	}
	return w.c.Book.Text(w.Lang, "console."+key, vars)
}

// Or is a text, or the fallback where there is none: for words of data that a
// newer release may have.
func (w words) Or(key, fallback string) (string, error) {
	if !w.c.Book.Has(w.Lang, "console."+key) {
		return fallback, nil
	}
	return w.T(key)
}

// For is how long ago something began: "12 min", "3 h 5 min", "2 d".
func (w words) For(since time.Time) (string, error) {
	d := max(w.now.Sub(since), 0)
	minutes, hours, days := int(d/time.Minute), int(d/time.Hour), int(d/(24*time.Hour))
	switch {
	case minutes < 1:
		return w.T("time.now")
	case minutes < 60:
		return w.T("time.min", "n", minutes)
	case hours < 24 && minutes%60 == 0:
		return w.T("time.h", "n", hours)
	case hours < 24:
		return w.T("time.h_min", "n", hours, "m", minutes%60)
	}
	return w.T("time.d", "n", days)
}

// Clock is the time of the day, with the date when it was another day.
func (w words) Clock(at time.Time) string {
	if w.full {
		return w.Date(at)
	}
	at, now := at.In(w.c.Zone), w.now.In(w.c.Zone)
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04")
	}
	return at.Format(w.days("02/01", "2 Jan") + " 15:04")
}

// days is how a day is written: in figures where everybody puts the day first, and with
// the name of the month in English, where half of the readers would take it for the day.
func (w words) days(figures, named string) string {
	if w.Lang == string(casefile.English) {
		return named
	}
	return figures
}

// Date is a time in full, with its zone: for paper, which is read elsewhere and later.
func (w words) Date(at time.Time) string {
	return at.In(w.c.Zone).Format(w.days("02/01/2006", "2 Jan 2006") + " 15:04 MST")
}

// Stamp is a time for machines.
func (words) Stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// Now is when the page was made.
func (w words) Now() time.Time { return w.now }

// Nav is the name of a page of the navigation.
func (w words) Nav(word string) (string, error) { return w.T("nav." + word) }

// Times are the words for how long something lasts, in the order the script knows:
// less than a minute, minutes, hours, hours and minutes, days.
func (w words) Times() (string, error) {
	var all []string
	for _, key := range []string{"now", "min", "h", "h_min", "d"} {
		text, err := w.T("time."+key, "n", "{n}", "m", "{m}")
		if err != nil {
			return "", err
		}
		all = append(all, text)
	}
	return strings.Join(all, "|"), nil
}

// Day is a day of the calendar.
func (w words) Day(at time.Time) string {
	return at.In(w.c.Zone).Format(w.days("02/01/2006", "2 Jan 2006"))
}

// Hours is a span of hours as one says it: "8 h", "3 d".
func (w words) Hours(n int) (string, error) {
	if n >= 48 && n%24 == 0 {
		return w.T("time.d", "n", n/24)
	}
	return w.T("time.h", "n", n)
}

// With hands a part of a page its words and its data.
func (w words) With(data any) screen { return screen{W: w, Page: data} }

// Choice is the word for one choice of a list; choices that are data name themselves.
func (w words) Choice(group, choice string) (string, error) {
	switch {
	case group == "":
		return choice, nil
	case choice == notKnown:
		return w.T(group + ".unknown")
	}
	return w.Or(group+"."+choice, choice)
}
