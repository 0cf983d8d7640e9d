package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/signin"
	"pulang/internal/store"
)

const (
	// readers are how many members of staff load a page at the same time, and loads how
	// often in all.
	readers   = 2
	loads     = 100
	warmLoads = 5 // of each, not counted
	// ringingNow is how many alerts wait for an answer, while pages are measured.
	ringingNow = 300
)

// pageTime is how long one page takes.
type pageTime struct {
	Page string  `json:"page"`
	Who  string  `json:"who"`
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	CPU  float64 `json:"cpu_ms"` // of the program and of Postgres, for each
}

// visitor is a member of staff with a browser.
type visitor struct {
	who  string
	host string
	http *http.Client
	now  func() time.Time
}

// pages measures the pages of the console that read lists, with as many cases stored as
// the plan has at most, signed in and over HTTP as a browser does.
func (b *bench) pages(ctx context.Context, f *figures) error {
	h, err := b.openHouse(ctx, "pages", slices.Max(b.plan.stored))
	if err != nil {
		return err
	}
	defer h.close()
	ref, err := h.furnish(ctx)
	if err != nil {
		return err
	}
	for _, role := range []access.Role{access.DutyOfficer, access.Supervisor} {
		v, err := h.signsIn(ctx, role)
		if err != nil {
			return fmt.Errorf("sign in: %w", err)
		}
		list, err := v.lists(ctx, ref)
		if err != nil {
			return err
		}
		for _, p := range list {
			before, err1 := h.used(ctx)
			took, err := v.measure(ctx, p)
			after, err2 := h.used(ctx)
			if err := errors.Join(err, err1, err2); err != nil {
				return fmt.Errorf("%s as %s: %w", p.name, role, err)
			}
			took.CPU = (after.line + after.postgres - before.line - before.postgres) * 1000 / (loads + readers*warmLoads)
			f.Pages = append(f.Pages, took)
			b.tell("%s as %s: p50 %.1f ms, p95 %.1f ms, %.1f ms of processor", p.name, role, took.P50, took.P95, took.CPU)
		}
	}
	f.PageCases = slices.Max(b.plan.stored)
	return nil
}

// furnish makes of the stored cases a house that is worked in: alerts that wait, cases
// that were given to somebody, and a conversation that can be read. It returns its case.
func (h *house) furnish(ctx context.Context) (ref string, err error) {
	now := h.bench.now()
	for _, sql := range []string{
		`UPDATE cases SET assigned_to = (SELECT id FROM staff ORDER BY login LIMIT 1), assigned_at = $1 WHERE status = 'open' AND ref LIKE 'S00000%'`,
		`INSERT INTO escalations (id, case_id, urgency, state, due_at, started_at)
		 SELECT gen_random_uuid(), w.id, w.urgency, 'climbing', $1::timestamptz + interval '1 day', $1::timestamptz - interval '1 minute' * w.n
		 FROM (SELECT k.id, k.urgency, row_number() OVER (ORDER BY k.id) AS n FROM cases k
		       WHERE k.status = 'open' AND k.urgency IN ('critical', 'high') LIMIT ` + fmt.Sprint(ringingNow) + `) w`,
	} {
		if _, err := h.pool.Exec(ctx, sql, now); err != nil {
			return "", err
		}
	}
	if _, err := h.closed(ctx, 4, 2*time.Second); err != nil {
		return "", err
	}
	if _, err := h.pool.Exec(ctx, `ANALYZE`); err != nil {
		return "", err
	}
	err = h.pool.QueryRow(ctx, `SELECT ref FROM cases WHERE status = 'open' AND ref NOT LIKE 'S00%' ORDER BY id LIMIT 1`).Scan(&ref)
	return ref, err
}

var proof = regexp.MustCompile(`name="proof" value="([^"]*)"`)

// signsIn adds a member of staff of a role and signs them in.
func (h *house) signsIn(ctx context.Context, role access.Role) (*visitor, error) {
	s, err := store.Open(store.Options{URL: h.database, Keys: h.bench.keys})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	now, login := h.bench.now(), "reads."+strings.ReplaceAll(string(role), "_", ".")
	var enrolled signin.Enrolment
	err = s.InTx(ctx, func(tx *store.Tx) error {
		id := casefile.NewID(now)
		err := tx.AddStaff(ctx, store.Staff{ID: id, Login: login, Name: casefile.Hide(login), Role: string(role),
			Team: store.MainTeam, Languages: []string{"id"}, Lang: casefile.Indonesian, CreatedAt: now})
		if err != nil {
			return err
		}
		enrolled, err = signin.Enrol(ctx, tx, id, casefile.System("bench"), now)
		return err
	})
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v := &visitor{who: string(role), now: h.bench.now, host: "http://" + h.hooks.host, http: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	page, err := v.load(ctx, visit{path: "/sign-in", form: url.Values{"login": {login}, "password": {enrolled.Password}, "next": {"/"}}})
	found := proof.FindStringSubmatch(page)
	if err != nil || found == nil {
		return nil, fmt.Errorf("the door did not ask for a code: %w", err)
	}
	code, err := totp.GenerateCode(enrolled.Secret, h.bench.now())
	if err != nil {
		return nil, err
	}
	_, err = v.load(ctx, visit{path: "/sign-in/code", form: url.Values{"proof": {found[1]}, "code": {code}, "next": {"/"}}, status: http.StatusSeeOther})
	return v, err
}

// visit is one page to load.
type visit struct {
	name, path string
	form       url.Values // not nil: it is sent
	status     int        // zero: 200
}

var nextPage = regexp.MustCompile(`href="([^"]*)" rel="next"`)

// lists are the pages to measure. Those behind the first are found as a reader does.
func (v *visitor) lists(ctx context.Context, ref string) ([]visit, error) {
	all := []visit{
		{name: "queue", path: "/"},
		{name: "queue, one urgency", path: "/?urgency=low"},
		{name: "queue, a rare country", path: "/?country=BY"},
		{name: "queue, a rare country and a flow", path: "/?country=BY&flow=victim&urgency=high"},
		{name: "queue, nobody looks after them", path: "/?who=nobody"},
		{name: "queue, my cases", path: "/?who=mine"},
		{name: "put off", path: "/?list=snoozed"},
		{name: "closed", path: "/?list=closed"},
		{name: "closed, a rare country", path: "/?list=closed&country=BY"},
		{name: "search, a reference", path: "/queue/search", form: url.Values{"q": {ref}}, status: http.StatusSeeOther},
		{name: "search, a chat", path: "/queue/search", form: url.Values{"q": {address(0, false)}}, status: http.StatusSeeOther},
		{name: "search, nothing", path: "/queue/search", form: url.Values{"q": {"+628119990000"}}},
		{name: "a case", path: "/cases/" + ref},
	}
	for _, first := range all[:9] {
		at, name := first.path, first.name+", page 4"
		for range 3 {
			page, err := v.load(ctx, visit{path: at})
			if err != nil {
				return nil, err
			}
			found := nextPage.FindStringSubmatch(page)
			if at = ""; found == nil {
				break
			}
			at = strings.ReplaceAll(found[1], "&amp;", "&")
		}
		if at != "" {
			all = append(all, visit{name: name, path: at})
		}
	}
	return all, nil
}

// load loads a page.
func (v *visitor) load(ctx context.Context, p visit) (string, error) {
	method := http.MethodGet
	if p.form != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, v.host+p.path, strings.NewReader(p.form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := v.http.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if want := max(p.status, http.StatusOK); err == nil && response.StatusCode != want {
		err = fmt.Errorf("status %d, want %d", response.StatusCode, want)
	}
	return string(body), err
}

// measure loads a page again and again, by several readers at once. The first loads are
// not counted.
func (v *visitor) measure(ctx context.Context, p visit) (pageTime, error) {
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			for i := range loads/readers + warmLoads {
				from := v.now()
				_, err := v.load(ctx, p)
				mu.Lock()
				if err != nil {
					failed = err
				} else if i >= warmLoads {
					took = append(took, v.now().Sub(from))
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	if failed != nil {
		return pageTime{}, failed
	}
	return pageTime{Page: p.name, Who: v.who, P50: percentile(took, 50), P95: percentile(took, 95)}, nil
}
