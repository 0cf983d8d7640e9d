package hear

import (
	"time"

	"pulang/internal/casefile"
)

// moment is a time somebody wrote.
type moment struct {
	value  string    // now, today, tomorrow: as the question about the deadline has it
	days   int       // how many days ahead
	at     time.Time // zero when no hour was given
	phrase span
}

// dayWord says which day a word means, counted from today.
var dayWord = map[string]int{
	"besok": 1, "tomorrow": 1, "lusa": 2, "today": 0, "tonight": 0, "sekarang": 0, "now": 0, "nanti": 0, "sebentar": 0,
}

// weekdayWord are the days of the week; "minggu" is also a week, so it needs "hari".
var weekdayWord = map[string]time.Weekday{
	"senin": time.Monday, "selasa": time.Tuesday, "rabu": time.Wednesday, "kamis": time.Thursday, "jumat": time.Friday, "sabtu": time.Saturday,
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
}

// partOfDay gives the hours of a part of the day in which an hour may fall.
var partOfDay = map[string]int{
	"pagi": 0, "subuh": 0, "morning": 0, "am": 0, "siang": 12, "sore": 12, "malam": 12, "pm": 12, "evening": 12, "night": 12, "tonight": 12, "afternoon": 12,
}

// dayStart is the hour a part of the day begins with: what is to happen then comes no
// earlier.
var dayStart = map[string]int{
	"subuh": 4, "pagi": 6, "morning": 6, "siang": 11, "sore": 15, "afternoon": 15, "malam": 18, "evening": 18, "night": 18,
}

// gone are words after a day that put it into the past.
var gone = set("lalu", "kemarin", "kmrn", "tadi")

// monthWord are the months as dates have them.
var monthWord = map[string]time.Month{
	"januari": 1, "jan": 1, "februari": 2, "feb": 2, "maret": 3, "mar": 3, "april": 4, "apr": 4, "mei": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "agustus": 8, "agu": 8,
	"september": 9, "sep": 9, "sept": 9, "oktober": 10, "okt": 10, "november": 11, "nov": 11, "desember": 12, "des": 12,
}

// farthest is how many days ahead a date may lie; one further away was last year's.
const farthest = 60

// units are the spans of time in which people count from now.
var units = map[string]time.Duration{
	"jam": time.Hour, "hours": time.Hour, "hour": time.Hour, "menit": time.Minute, "minutes": time.Minute, "minute": time.Minute, "mins": time.Minute,
}

// clock collects a day, an hour and a part of the day while words are read.
// Where a time was asked for, a bare number is an hour.
type clock struct {
	s                        *sighting
	local                    time.Time
	asked                    bool
	day, hour, minute, shift int
	part                     string // of the day, as it was written
	phrase                   span
	read                     int // the words before this one are read
}

// moment finds a time in the words from a to b: a day, an hour, or both.
func (s *sighting) moment(a, b int, now time.Time, zone *time.Location, asked bool) (moment, bool) {
	c := clock{s: s, local: now.In(zone), asked: asked, day: -1, hour: -1, shift: -1, phrase: span{-1, -1}}
	for i := max(a, 0); i < min(b, len(s.words)); i++ {
		if i < c.read {
			continue
		}
		if wait, n := c.fromNow(i); n > 0 {
			at := c.local.Add(wait)
			m := moment{at: at, phrase: span{i, i + n}}
			m.name(c.local)
			return m, true
		}
		if c.readDate(i); i < c.read {
			continue
		}
		c.readDay(i)
		c.readHour(i)
		if p, ok := partOfDay[s.words[i].is]; ok && (asked || c.hour >= 0 || c.day >= 0) {
			c.shift, c.part = p, s.words[i].is
			c.mark(i, i+1)
		}
	}
	if c.day < 0 && c.hour < 0 && c.shift < 0 {
		return moment{}, false
	}
	return c.moment(), true
}

func (c *clock) mark(a, b int) {
	if c.phrase.a < 0 {
		c.phrase.a = a
	}
	c.phrase.b = max(c.phrase.b, b)
}

// fromNow reads "2 jam lagi", "in 30 minutes", "setengah jam lagi": how long from
// now, and how many words say so.
func (c *clock) fromNow(i int) (time.Duration, int) {
	w, next := c.s.words[i], c.s.word(i+1)
	n := number(w)
	unit, counts := units[next.is]
	switch {
	case w.is == "sejam" && (c.asked || c.s.word(i+1).is == "lagi"):
		return time.Hour, 1
	case w.is == "setengah" && next.is == "jam":
		return 30 * time.Minute, 2
	case !counts || n < 1 || n > 120 || unit == time.Hour && n > 48 || c.s.word(i-1).is == "jam":
		return 0, 0
	case c.asked || isSoon(c.s.word(i+2).is, c.s.word(i-1).is):
		return time.Duration(n) * unit, 2
	}
	return 0, 0
}

func isSoon(after, before string) bool {
	return after == "lagi" || before == "in" || before == "within"
}

func (c *clock) readDay(i int) {
	w, next := c.s.words[i], c.s.word(i+1)
	found := func(day, n int) { c.day = max(c.day, day); c.mark(i, i+n) }
	if d, ok := dayWord[w.is]; ok {
		found(d, 1)
	}
	if wd, ok := weekdayWord[w.is]; ok && !gone[next.is] {
		found(int(wd-c.local.Weekday()+7)%7, 1)
	}
	switch {
	case (w.is == "hari" || w.is == "malam" || w.is == "sore" || w.is == "siang") && next.is == "ini":
		found(0, 2)
	case w.is == "hari" && next.is == "minggu":
		found(int(time.Sunday-c.local.Weekday()+7)%7, 2)
	case dayWords[next.is] && next.is != "malam" && number(w) > 0 && number(w) <= 60 && isSoon(c.s.word(i+2).is, c.s.word(i-1).is):
		found(number(w), 2)
	}
}

// readDate reads "tgl 25", "tanggal 3 april 2026": the next day of that date.
func (c *clock) readDate(i int) {
	w, n, month := c.s.words[i], c.s.word(i+1).num, monthWord[c.s.word(i+2).is]
	if w.is != "tgl" && w.is != "tanggal" || n < 1 || n > 31 || i < c.read {
		return
	}
	end := i + 2
	if month > 0 {
		end++
		if year := c.s.word(end).num; year == c.local.Year() || year == c.local.Year()+1 {
			end++
		}
	}
	c.read = end
	if gone[c.s.word(end).is] || c.s.word(end).is == "bulan" && gone[c.s.word(end+1).is] {
		return
	}
	for days := range farthest {
		if at := c.local.AddDate(0, 0, days); at.Day() == n && (month == 0 || at.Month() == month) {
			c.day = max(c.day, days)
			c.mark(i, end)
			return
		}
	}
}

// shortly marks "2 jam lagi", which is as near as tomorrow. The model was not taught
// with it, so it is marked once the words are weighed.
func (e *Ear) shortly(s *sighting) {
	c := clock{s: s}
	n := e.concepts["shortly"]
	for i := range s.words {
		if _, words := c.fromNow(i); words > 0 {
			s.at[n] = append(s.at[n], span{i, i + words})
		}
	}
}

// noHour reports whether a bare number is something else: people, money, an age, a room.
func (c *clock) noHour(i int) bool {
	before, next := c.s.word(i-1), c.s.word(i+1)
	_, part := partOfDay[next.is]
	behind := next.pause == flowing && (countable[next.is] && !part || moneyWords[next.is] || yearWords[next.is] || next.base == "an")
	ahead := c.s.words[i].pause == flowing && (ageWords[before.base] || labels[before.base] || rooms[before.base] || before.base == "ber")
	return behind || ahead
}

// readHour reads "jam 6", "at 6", "jam 6.30", "setengah 5", "7pm" and, where a time
// was asked for, "6", "6 pagi", "15.30" and "1530".
func (c *clock) readHour(i int) {
	w, next := c.s.words[i], c.s.word(i+1)
	n := number(w)
	switch {
	case (w.is == "jam" || w.is == "pukul" || w.is == "at") && next.num >= 0 && next.num <= 24:
		c.setHour(i, i+1)
	case w.is == "setengah" && number(next) >= 1 && number(next) <= 12:
		c.hour, c.minute = number(next)-1, 30
		c.mark(i, i+2)
	case n >= 0 && n < 24 && (next.is == "am" || next.is == "pm"):
		c.setHour(i, i)
	case !c.asked || c.hour >= 0 || w.num < 0 || dayWords[next.is] && next.is != "malam" || weekWords[next.is] || c.noHour(i):
	case n <= 24:
		c.setHour(i, i)
	case n < 2400 && n%100 < 60 && len(w.base) >= 3:
		c.hour, c.minute = n/100, n%100
		c.mark(i, i+1)
	}
}

// setHour takes the number at word k, and the minutes behind it: 6.30, 6:30.
func (c *clock) setHour(i, k int) {
	c.hour = number(c.s.words[k])
	c.mark(i, k+1)
	if after := c.s.word(k + 1); (after.sep == '.' || after.sep == ':') && after.num >= 0 && after.num < 60 && after.to-after.from == 2 {
		c.minute = after.num
		c.mark(i, k+2)
	}
}

// moment turns what was found into a day and, with an hour, into a time. A day
// that is further away than tomorrow is a time too, for the question about the
// deadline has no name for it.
func (c *clock) moment() moment {
	m := moment{days: max(c.day, 0), phrase: c.phrase}
	day := func(hour, minute int) time.Time {
		l := c.local
		return time.Date(l.Year(), l.Month(), l.Day()+max(c.day, 0), hour, minute, 0, 0, l.Location())
	}
	switch {
	case c.hour < 0 && c.day < 0 && c.shift == 0 && c.local.Hour() >= 9: // "pagi", and it is later than that
		m.days, m.value = 1, "tomorrow"
		return m
	case c.hour < 0 && c.day >= 2:
		m.at, m.value = day(dayStart[c.part], 0), "unsure"
		return m
	case c.hour < 0:
		m.value = []string{"today", "tomorrow"}[m.days]
		return m
	}
	hour := c.hour
	if c.shift == 12 && hour < 12 {
		hour += 12
	}
	m.at = day(hour, c.minute)
	if c.shift < 0 && hour < 12 && c.day <= 0 && m.at.Before(c.local) && m.at.Add(12*time.Hour).After(c.local) {
		m.at = m.at.Add(12 * time.Hour)
	}
	if c.day < 0 && m.at.Before(c.local) {
		m.at = m.at.AddDate(0, 0, 1)
	}
	m.name(c.local)
	return m
}

// name fills in which day the time is on, seen from now.
func (m *moment) name(local time.Time) {
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	m.days = max(0, int(midnight(m.at).Sub(midnight(local)).Hours())/24)
	m.value = "unsure"
	if m.days < 2 {
		m.value = []string{"today", "tomorrow"}[m.days]
	}
}

// deadline is the time near a danger that is about to come: a fact for the day,
// and one for the hour. The hour ends in " ?", for the zone is assumed.
func (e *Ear) deadline(s *sighting, f found, note noter, zone *time.Location, now time.Time) []casefile.Fact {
	m, ok := s.moment(f.at.a-9, f.at.b+7, now, zone, false)
	if !ok {
		return nil
	}
	phrase := s.phrase(m.phrase)
	out := []casefile.Fact{}
	if m.value != "unsure" {
		out = append(out, note.fact(casefile.DeadlineWhen, m.value, phrase))
	}
	if f.kind == casefile.RansomHeard && m.value != "unsure" {
		out = append(out, note.fact(casefile.RansomWhen, "today_or_tomorrow", phrase))
	}
	return append(out, m.hour(s, note)...)
}

// hour is the fact of the hour; none when only a day was given.
func (m moment) hour(s *sighting, note noter) []casefile.Fact {
	if m.at.IsZero() {
		return nil
	}
	return []casefile.Fact{note.fact(casefile.DeadlineAt, m.at.Format(time.RFC3339)+" ?", s.phrase(m.phrase))}
}
