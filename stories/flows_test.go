package stories

import (
	"context"
	"slices"
	"sort"
	"strings"
	"testing"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/store"
	"pulang/locales"
)

// answers are what a person answers to our texts, by the text's key. A text that
// is not among them is no question to them: they wait for the next.
type answers map[string]string

// texts finds the keys of a text that the line said: the same words may be asked in
// several flows.
type texts map[string][]string

// key is the key of a text that is among the answers, or else the first.
func (k texts) key(text string, give answers) string {
	for _, key := range k[text] {
		if give[key] != "" {
			return key
		}
	}
	if len(k[text]) == 0 {
		return ""
	}
	return k[text][0]
}

func readTexts(t *testing.T, lang string) texts {
	t.Helper()
	book, err := locales.Open()
	check(t, err)
	known := texts{}
	keys := book.Keys()
	sort.Strings(keys)
	for _, key := range keys {
		text, err := book.Text(lang, key, nil)
		if err != nil {
			continue // it has variables: not a question of a flow
		}
		known[text] = append(known[text], key)
	}
	return known
}

// converse answers whatever is asked until a text with the key last was said, and
// returns the keys of everything the line said.
func (p *phone) converse(known texts, give answers, last string) []string {
	p.t.Helper()
	var said []string
	for {
		text := p.next(said, last)
		key := known.key(text, give)
		said = append(said, key)
		if key == "" {
			p.t.Fatalf("%s sees a text that is in no locale:\n%s", p.name, p.Screen())
		}
		if answer, ok := give[key]; ok {
			p.Answers(answer)
		}
		if key == last {
			return said
		}
	}
}

// next waits for the next text of the line.
func (p *phone) next(said []string, last string) string {
	p.t.Helper()
	find := func(shows []fakes.Shown) int {
		return slices.IndexFunc(shows[min(p.mark, len(shows)):], func(s fakes.Shown) bool { return s.FromLine })
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	if err := p.set.Wait(ctx, func(shows []fakes.Shown) bool { return find(shows) >= 0 }); err != nil {
		p.t.Fatalf("%s was told %v and waits for %s, and sees:\n%s", p.name, said, last, p.Screen())
	}
	shows := p.set.Shows()
	at := p.mark + find(shows)
	p.mark = at + 1
	return shows[at].Text
}

// story is one flow to its end on one channel in one language.
type story struct {
	name  string
	first map[string]string // the first message, by language
	give  answers
	last  string   // the key of the last text
	facts []string // what the case knows in the end, among other things
	level string
}

var stories = []story{
	{
		name:  "victim",
		first: map[string]string{"id": "saya mau pulang, paspor saya dipegang bos", "en": "I want to go home, the boss keeps my passport"},
		give: answers{
			"all.safe_now": "1", "disguised.danger_now": "2", "disguised.device_watched": "3", "victim.country": "1",
			"victim.freedom": "2", "disguised.freedom": "2", "victim.age_band": "2", "victim.violence": "1", "victim.health": "4",
			"victim.control": "13", "victim.forced_work": "1", "victim.deceived": "1", "victim.recontact": "1", "disguised.recontact": "1",
			"victim.people": "2", "disguised.country": "Myawaddy",
		},
		last:  "all.close",
		facts: []string{"safe_now=yes", "danger_now=no", "freedom=locked", "control=passport_kept", "recontact=only_me", "country=MM"},
		level: "critical", // locked in and beaten: C3
	},
	{
		name:  "family",
		first: map[string]string{"id": "anak saya kerja di kamboja sudah 3 minggu tidak ada kabar", "en": "my son went to work in Cambodia, no news for three weeks"},
		give: answers{
			"all.safe_now": "1", "family.danger_now": "3", "family.age_band": "2", "family.country": "2", "family.last_contact": "3",
			"family.told": "5", "family.ransom": "3", "sms.family.ransom": "3", "family.recruiter": "2", "family.contact_safe": "3", "family.reported_to": "5", "family.recontact": "1",
		},
		last:  "all.close",
		facts: []string{"danger_now=unsure", "country=KH", "recontact=only_me"},
		level: "high",
	},
	{
		name:  "witness",
		first: map[string]string{"id": "tetangga saya lihat ada rumah di tawau, beberapa perempuan tidak boleh keluar", "en": "I saw a house in Tawau where several women are not allowed out"},
		give: answers{
			"all.safe_now": "1", "witness.danger_now": "2", "witness.self_safe": "1", "witness.country": "7", "witness.seen": "1",
			"witness.people": "2", "witness.basis": "1", "witness.when": "3", "witness.recontact": "1",
		},
		last:  "all.close",
		facts: []string{"danger_now=no", "country=MY", "recontact=only_me"},
	},
	{
		name:  "returnee",
		first: map[string]string{"id": "saya sudah pulang dari myanmar, butuh bantuan dokumen", "en": "I am back home from Myanmar, I need help with documents"},
		give: answers{
			"all.safe_now": "1", "disguised.danger_now": "2", "disguised.device_watched": "3", "returnee.danger_now": "2", "returnee.health": "3", "returnee.needs": "1",
			"returnee.pressure": "3", "returnee.legal_status": "3", "returnee.others": "2", "returnee.age_band": "2", "disguised.age_band": "30", "returnee.recontact": "1", "disguised.recontact": "1",
			"disguised.freedom": "1", "disguised.country": "0",
		},
		last:  "all.close",
		facts: []string{"danger_now=no", "recontact=only_me"},
	},
	{
		name:  "info",
		first: map[string]string{"id": "ini lowongan CS Kamboja beneran?", "en": "is this customer service job in Cambodia real?"},
		give: answers{
			"all.safe_now": "1", "info.departure": "3", "disguised.departure": "3", "info.offer_signs": "12", "disguised.device_watched": "3",
		},
		last:  "info.close",
		facts: []string{"departure=later", "offer_signs=tourist_visa", "offer_signs=no_contract"},
	},
}

func TestEachFlowRunsToItsEnd(t *testing.T) {
	t.Parallel()
	for _, s := range stories {
		for _, lang := range []string{"id", "en"} {
			for _, channel := range []string{"telegram", "sms"} {
				t.Run(strings.Join([]string{s.name, lang, channel}, "/"), func(t *testing.T) {
					t.Parallel()
					play(t, s, lang, channel)
				})
			}
		}
	}
}

func play(t *testing.T, s story, lang, channel string) {
	h := open(t)
	h.Staff("budi", staffing{chat: 9001})
	var p *phone
	if channel == "sms" {
		p = h.SMS("Rina", "+12025550144")
	} else {
		p = h.Telegram("Rina", 1001)
	}
	p.Says(s.first[lang])
	p.mark = 0
	said := p.converse(readTexts(t, lang), s.give, s.last)
	h.Settle()
	t.Logf("said: %v", said)
	questions := len(slices.DeleteFunc(slices.Clone(said), func(key string) bool { return s.give[key] == "" }))
	if limit := map[string]int{"telegram": 11, "sms": 6}[channel]; questions > limit {
		t.Errorf("%d questions with the opening line, want at most %d (rule 4)", questions, limit)
	}
	report := h.report()
	for _, fact := range s.facts {
		key, _, _ := strings.Cut(fact, "=")
		if !slices.Contains(report, fact) && (channel != "sms" || slices.ContainsFunc(report, func(f string) bool { return strings.HasPrefix(f, key+"=") })) {
			t.Errorf("the case does not know %s; it knows %v", fact, report)
		}
	}
	if got := h.urgency(); s.level != "" && channel == "telegram" && got != s.level {
		t.Errorf("urgency is %s, want %s", got, s.level)
	}
}

// report is every fact of the only case, as key=value.
func (h *house) report() []string {
	h.t.Helper()
	var report []string
	err := h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		lane, err := h.only(tx)
		if err != nil {
			return err
		}
		facts, err := tx.Facts(h.t.Context(), lane)
		for _, f := range facts {
			report = append(report, string(f.Key)+"="+f.Value.Reveal())
		}
		return err
	})
	check(h.t, err)
	return report
}

// only is the only conversation there is.
func (h *house) only(tx *store.Tx) (store.Conversation, error) {
	var id casefile.ID
	if err := h.db.QueryRow(h.t.Context(), `SELECT id FROM conversations`).Scan(&id); err != nil {
		return store.Conversation{}, err
	}
	return tx.Conversation(h.t.Context(), id)
}

// urgency is that of the only case.
func (h *house) urgency() string {
	h.t.Helper()
	var urgency string
	check(h.t, h.db.QueryRow(h.t.Context(), `SELECT urgency FROM cases`).Scan(&urgency))
	return urgency
}
