package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"pulang/bot"
	"pulang/bot/telegram"
	"pulang/internal/access"
	"pulang/internal/seal"
	"pulang/internal/session"
	"pulang/internal/spool"
	"pulang/internal/store"
)

type doctorCommand struct {
	Alive bool `help:"Ask only whether the serve of this machine answers /healthz: for a container's health check."`
}

// patience is how long one dependency may take to answer.
const patience = 5 * time.Second

// errSick makes the exit status tell what was printed.
var errSick = errors.New("not everything is well; see above")

// Run shows every setting, without secrets, and tries every dependency.
func (c doctorCommand) Run(ctx context.Context, w world) error {
	s, wrong := readSettings(w.getenv)
	if c.Alive {
		return s.alive(ctx)
	}
	wrong = append(wrong, s.check()...)
	s.print(w.stdout)
	for _, problem := range wrong {
		_, _ = fmt.Fprintln(w.stdout, "  wrong:", problem)
	}
	sick := len(wrong) > 0
	_, _ = fmt.Fprintln(w.stdout, "\nDependencies")
	table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	for _, d := range s.dependencies(w.now) {
		limited, cancel := context.WithTimeout(ctx, patience)
		word, err := d.try(limited)
		cancel()
		if err != nil {
			word, sick = "NOT WELL: "+err.Error(), true
		}
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", d.name, word)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if sick {
		return errSick
	}
	return nil
}

// print shows the settings: hidden ones only as set or not.
func (s settings) print(out io.Writer) {
	_, _ = fmt.Fprintln(out, "Settings")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, one := range everySetting() {
		shown := s.get(one)
		switch {
		case shown == "":
			shown = "not set (" + one.about + ")"
		case one.hidden:
			shown = "set"
		case strings.Contains(shown, "@"): // an address with a user and a password in it
			shown = "set (not shown: it may hold a password)"
		}
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", one.name, shown)
	}
	_ = table.Flush()
}

// dependency is something the program leans on.
type dependency struct {
	name string
	try  func(context.Context) (word string, err error)
}

// dependencies are those that the settings name.
func (s settings) dependencies(now func() time.Time) []dependency {
	var all []dependency
	if s.KeysetFile != "" {
		all = append(all, dependency{"keyset", func(context.Context) (string, error) {
			return s.tryKeys()
		}})
	}
	if s.DatabaseURL != "" {
		all = append(all, dependency{"Postgres", s.tryPostgres})
	}
	if s.DatabaseURL != "" && s.KeysetFile != "" {
		all = append(all, dependency{"staff", s.tryStaff})
	}
	if s.DatabaseURL != "" && s.KeysetFile != "" {
		all = append(all, dependency{"datakeys", s.tryDataKeys})
	}
	if s.LedgerDir != "" {
		all = append(all, dependency{"ledger", s.tryLedger})
	}
	if s.SpoolDir != "" || s.twilio().Given() {
		all = append(all, dependency{"spool", func(context.Context) (string, error) { return s.trySpool() }})
	}
	if s.AlarmChat == "" && s.AlarmSMS == "" {
		all = append(all, dependency{"alarms", func(context.Context) (string, error) {
			return "nobody is told when the line itself stands still; set ALARM_TELEGRAM_CHAT or ALARM_SMS_TO, and HEARTBEAT_URL for when it is dead", nil
		}})
	}
	if s.RedisURL != "" {
		all = append(all, dependency{"Redis", func(ctx context.Context) (string, error) { return s.tryRedis(ctx, now) }})
	}
	if s.oidc().Given() {
		all = append(all, dependency{"OIDC", func(ctx context.Context) (string, error) {
			return "reached", openSignIn(s, nil, now).ReachOIDC(ctx)
		}})
	}
	all = append(all, dependency{"passkeys", func(context.Context) (string, error) {
		if !openSignIn(s, nil, now).Passkeys() {
			return "none at this PUBLIC_URL: they need a host name with a dot, or localhost, and no IP address", nil
		}
		return "bound to the host of PUBLIC_URL; whoever changes it adds every passkey anew", nil
	}})
	for _, c := range channels {
		if c.given(s) {
			all = append(all, dependency{c.name, func(ctx context.Context) (string, error) { return c.try(ctx, s) }})
		}
	}
	return all
}

func (s settings) tryPostgres(ctx context.Context) (string, error) {
	pending, err := store.Pending(ctx, s.DatabaseURL)
	switch {
	case err != nil:
		return "", databaseTrouble(err)
	case pending > 0:
		return "", fmt.Errorf("the schema is not the newest (migrations to come: %d); run: pulang migrate", pending)
	}
	if keys, err := s.openKeys(); s.KeysetFile != "" && err == nil { // else the line above says it
		db, err := store.Open(store.Options{URL: s.DatabaseURL, Keys: keys})
		if err != nil {
			return "", err
		}
		defer db.Close()
		if err := checkGeneration(ctx, db); err != nil {
			return "", err
		}
	}
	return "reached, the schema is the newest", nil
}

// tryStaff says which cases nobody could open.
func (s settings) tryStaff(ctx context.Context) (string, error) {
	keys, err := s.openKeys()
	if err != nil {
		return "not asked: the keyset does not open", nil // and stands above as not well
	}
	db, err := store.Open(store.Options{URL: s.DatabaseURL, Keys: keys})
	if err != nil {
		return "", err
	}
	defer db.Close()
	var staff []store.Staff
	err = db.InTx(ctx, func(tx *store.Tx) (err error) {
		staff, err = tx.AllStaff(ctx)
		return err
	})
	if err != nil {
		return "not asked: the database does not answer as it should", nil
	}
	if lacking := lacks(staff); len(lacking) > 0 {
		return "", errors.New(strings.Join(lacking, "; "))
	}
	if !slices.ContainsFunc(staff, func(s store.Staff) bool { return s.Children && !s.Disabled }) {
		return "nobody is trained for children's cases: between alerts only supervisors find them in the queue; pulang staff place LOGIN --children yes", nil
	}
	return "somebody can open every case", nil
}

// tryDataKeys says whether there are conversations whose data key does not open.
func (s settings) tryDataKeys(ctx context.Context) (string, error) {
	db, err := store.Open(store.Options{URL: s.DatabaseURL})
	if err != nil {
		return "", err
	}
	defer db.Close()
	damaged := 0
	err = db.InTx(ctx, func(tx *store.Tx) (err error) {
		damaged, err = tx.CountDamaged(ctx)
		return err
	})
	switch {
	case err != nil:
		return "not asked: the database does not answer as it should", nil // and stands above as not well
	case damaged > 0:
		return "", fmt.Errorf("the data key of %d does not open, and what was said in them cannot be read: put wrapped_key back from a backup of before the damage, and look for what damaged it", damaged)
	}
	return "every data key that was used opens", nil
}

// lacks says what kind of case no member of staff could open or lead.
func lacks(staff []store.Staff) (lacking []string) {
	has := func(fits func(store.Staff) bool) bool {
		return slices.ContainsFunc(staff, func(s store.Staff) bool {
			return !s.Disabled && access.May(access.Role(s.Role), access.ReadCase) && fits(s)
		})
	}
	own := func(s store.Staff) bool { return s.Agency == access.Own || s.Agency == "" }
	supervisor := func(s store.Staff) bool { return access.Role(s.Role) == access.Supervisor }
	if !has(func(s store.Staff) bool { return own(s) && supervisor(s) }) {
		lacking = append(lacking, "no supervisor of our own: nobody can lift a wall, and what is shut has nobody to open it; pulang staff add --role supervisor")
	}
	if !has(func(s store.Staff) bool { return s.Team == store.MainTeam }) {
		lacking = append(lacking, "nobody works in team "+store.MainTeam+", where every new case begins; pulang staff place LOGIN --team "+store.MainTeam)
	}
	return lacking
}

// trySpool says what waits in the spool's folder, and whether more could.
func (s settings) trySpool() (string, error) {
	if s.SpoolDir == "" {
		return "none: an SMS that arrives while the database is away is answered 503, and Twilio does not repeat it for long; set SPOOL_DIR", nil
	}
	found, err := spool.Look(s.SpoolDir)
	if errors.Is(err, fs.ErrNotExist) {
		return "SPOOL_DIR is not there; serve makes it when it starts", nil
	}
	if err == nil {
		err = spool.Probe(s.SpoolDir)
	}
	orphans, wrong := spool.Orphans(s.SpoolDir)
	switch err = errors.Join(err, wrong); {
	case err != nil:
		return "", fmt.Errorf("SPOOL_DIR: %w", err)
	case found.Aside > 0:
		return "", fmt.Errorf("%d files lie aside in SPOOL_DIR: they could not be read or stored; see the operator's guide, The spool", found.Aside)
	case orphans > 0:
		return fmt.Sprintf("can be written; %d files (%d bytes) wait, %d of them for the next serve on this folder to take them up", found.Files, found.Bytes, orphans), nil
	}
	return fmt.Sprintf("can be written; %d files (%d bytes) wait", found.Files, found.Bytes), nil
}

func (s settings) tryRedis(ctx context.Context, now func() time.Time) (string, error) {
	keys, err := seal.New() // nothing is read or written with them
	if err != nil {
		return "", err
	}
	sessions, err := session.Open(s.RedisURL, keys, now)
	if err != nil {
		return "", err
	}
	defer func() { _ = sessions.Close() }()
	return "reached", sessions.Ping(ctx)
}

// try asks the provider something that changes nothing.
func (c channel) try(ctx context.Context, s settings) (string, error) {
	open, err := c.open(s)
	if err != nil {
		return "", err
	}
	reach, ok := open.(interface{ Reach(context.Context) error })
	if !ok {
		return "configured", nil
	}
	err = reach.Reach(ctx)
	var trouble *bot.SendError
	switch {
	case errors.Is(err, telegram.ErrToken):
		err = errWrongToken
	case errors.As(err, &trouble):
		err = fmt.Errorf("it does not answer (%s)", trouble.Class)
	}
	return "reached, the token is accepted", err
}

// alive asks the /healthz of the serve that runs with the same settings.
func (s settings) alive(ctx context.Context) error {
	host, port, err := net.SplitHostPort(s.ListenAddr)
	if err != nil {
		return fmt.Errorf("LISTEN_ADDR is not an address: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return errors.New("the line does not answer")
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the line answers %d", answer.StatusCode)
	}
	return nil
}
