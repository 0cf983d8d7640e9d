package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/caarlos0/env/v11"
	"github.com/nyaruka/phonenumbers"

	"pulang/bot/sms"
	"pulang/bot/telegram"
	"pulang/internal/seal"
	"pulang/internal/signin"
)

// settings are what an operator may set, by the names of docs/design.md, section 4.
// hidden values are never printed; each may also be given as NAME_FILE.
type settings struct {
	ListenAddr  string `env:"LISTEN_ADDR" envDefault:":8080" about:"where the line and the console listen"`
	MetricsAddr string `env:"METRICS_ADDR" about:"where /metrics listens; empty: nowhere"`
	PublicURL   string `env:"PUBLIC_URL" about:"this program as staff and providers reach it, https://..."`
	DatabaseURL string `env:"DATABASE_URL" hidden:"yes" about:"postgres://user:password@host:5432/name"`
	Pool        string `env:"DATABASE_POOL" envDefault:"16" about:"connections to Postgres at most, of each process"`
	RedisURL    string `env:"REDIS_URL" hidden:"yes" about:"redis://host:6379/0"`
	KeysetFile  string `env:"KEYSET_FILE" about:"made by pulang keys new"`
	KeysetKMS   string `env:"KEYSET_KMS_URI" about:"the KMS key that seals the keyset file, hcvault://host:8200/transit/keys/NAME; empty: none"`
	VaultToken  string `env:"VAULT_TOKEN" hidden:"yes" about:"may encrypt and decrypt with that key"`
	VaultCACert string `env:"VAULT_CACERT" about:"file with the authority of the KMS's certificate; empty: those of the system"`

	TelegramToken   string `env:"TELEGRAM_BOT_TOKEN" hidden:"yes" about:"from BotFather"`
	TelegramSecret  string `env:"TELEGRAM_WEBHOOK_SECRET" hidden:"yes" about:"any 32 letters and digits; Telegram repeats it with each webhook"`
	TelegramAPI     string `env:"TELEGRAM_API_URL" about:"default: Telegram"`
	TelegramRate    string `env:"TELEGRAM_PER_SECOND" about:"messages a second that Telegram takes from this bot; empty: 25"`
	TelegramPolling string `env:"TELEGRAM_POLLING" about:"true: fetch messages instead of being called, for places with no public address"`

	TwilioAccount  string `env:"TWILIO_ACCOUNT_SID" hidden:"yes" about:"AC..."`
	TwilioToken    string `env:"TWILIO_AUTH_TOKEN" hidden:"yes" about:"the account's token"`
	TwilioPrevious string `env:"TWILIO_AUTH_TOKEN_PREVIOUS" hidden:"yes" about:"the token before, while tokens change"`
	TwilioFrom     string `env:"TWILIO_FROM" about:"the line's number, +..., or a messaging service, MG..."`
	TwilioAPI      string `env:"TWILIO_API_URL" about:"default: Twilio"`
	TwilioRate     string `env:"TWILIO_PER_SECOND" about:"messages a second that Twilio takes from this number or service; empty: 10"`

	DefaultRegion string `env:"DEFAULT_REGION" envDefault:"ID" about:"how phone numbers without a country code are read"`
	Zone          string `env:"TZ" about:"the time zone of staff, such as Asia/Jakarta"`
	AlertRate     string `env:"ALERTS_PER_MINUTE" about:"messages of alerts to one member of staff in a minute; more alerts are told together; empty: 20"`
	AlarmChat     string `env:"ALARM_TELEGRAM_CHAT" hidden:"yes" about:"chat id that hears when everything else fails"`
	AlarmSMS      string `env:"ALARM_SMS_TO" hidden:"yes" about:"number that hears when everything else fails"`

	OIDCIssuer string `env:"OIDC_ISSUER" about:"the organisation's own sign-in, https://..., as it names itself; empty: none"`
	OIDCClient string `env:"OIDC_CLIENT_ID" about:"how it knows this program"`
	OIDCSecret string `env:"OIDC_CLIENT_SECRET" hidden:"yes" about:"what it gave this program"`

	LedgerDir    string `env:"LEDGER_DIR" about:"a folder outside the database, best on another disk: heads of the audit and tombstones; empty: heads go to the log alone"`
	SpoolDir     string `env:"SPOOL_DIR" about:"a folder on this machine's own disk for SMS that arrive while the database is away; empty: they are answered 503"`
	SpoolMost    string `env:"SPOOL_MAX_BYTES" about:"how much may wait there; empty: 268435456 (256 MiB)"`
	HeartbeatURL string `env:"HEARTBEAT_URL" hidden:"yes" about:"called once a minute while all is well, https://...: whoever waits for it alarms when it stops"`
}

// problems are everything that is wrong with the settings, each with what to do.
type problems []string

// Error is all of them, one a line.
func (p problems) Error() string {
	if len(p) == 1 {
		return "a setting is wrong:\n  " + p[0]
	}
	return fmt.Sprintf("%d settings are wrong:\n  ", len(p)) + strings.Join(p, "\n  ")
}

func (p *problems) say(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

// err is the problems as an error; nil when there are none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// setting is one field of settings.
type setting struct {
	name, about string
	hidden      bool
	field       int
}

// everySetting lists the fields in their order.
func everySetting() []setting {
	shape := reflect.TypeFor[settings]()
	all := make([]setting, shape.NumField())
	for i := range all {
		tag := shape.Field(i).Tag
		all[i] = setting{name: tag.Get("env"), about: tag.Get("about"), hidden: tag.Get("hidden") != "", field: i}
	}
	return all
}

// readSettings reads the environment and the files it names. What cannot be read
// is a problem; whether the values are any good is for check.
func readSettings(getenv func(string) string) (settings, problems) {
	var wrong problems
	given := map[string]string{}
	for _, s := range everySetting() {
		value := strings.TrimSpace(getenv(s.name))
		file := ""
		if s.hidden {
			file = getenv(s.name + "_FILE")
		}
		switch {
		case file != "" && value != "":
			wrong.say("%s and %s_FILE are both set; keep one of them", s.name, s.name)
		case file != "":
			data, err := os.ReadFile(file)
			value = strings.TrimSpace(string(data))
			if err != nil {
				wrong.say("%s_FILE names a file that cannot be read (%v)", s.name, errors.Unwrap(err))
			} else if value == "" {
				wrong.say("%s_FILE names an empty file", s.name)
			}
		}
		if value != "" {
			given[s.name] = value
		}
	}
	var s settings
	if err := env.ParseWithOptions(&s, env.Options{Environment: given}); err != nil {
		wrong.say("settings cannot be read: %v", err) // every field is a text, so nothing can fail
	}
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	return s, wrong
}

// get is the value of a setting.
func (s settings) get(one setting) string { return reflect.ValueOf(s).Field(one.field).String() }

// polling is TELEGRAM_POLLING; anything but a plain no counts as yes, and check
// refuses what is neither.
func (s settings) polling() bool {
	on, err := strconv.ParseBool(s.TelegramPolling)
	return s.TelegramPolling != "" && (on || err != nil)
}

func (s settings) telegram() telegram.Settings {
	return telegram.Settings{Token: s.TelegramToken, Secret: s.TelegramSecret, APIURL: s.TelegramAPI, Polling: s.polling(), PerSecond: numberOf(s.TelegramRate)}
}

func (s settings) twilio() sms.Settings {
	return sms.Settings{
		AccountSID: s.TwilioAccount, AuthToken: s.TwilioToken, AuthTokenPrevious: s.TwilioPrevious,
		From: s.TwilioFrom, APIURL: s.TwilioAPI, PublicURL: s.PublicURL, PerSecond: numberOf(s.TwilioRate),
	}
}

// numberOf is a setting that is a number; 0 when it is not given, or is none: check
// refuses what is none.
func numberOf(given string) int {
	n, _ := strconv.Atoi(given)
	return n
}

// checkCounts refuses numbers that would keep the line from working.
func (s settings) checkCounts(wrong *problems) {
	for _, name := range []string{"TELEGRAM_PER_SECOND", "TWILIO_PER_SECOND", "ALERTS_PER_MINUTE"} {
		if given := getByName(s, name); given != "" && (numberOf(given) < 1 || numberOf(given) > 1_000_000) {
			wrong.say("%s must be a number of messages, 1 or more; leave it empty if you do not know it", name)
		}
	}
}

// kms is the key that seals the keyset file; nil when none is set.
func (s settings) kms() (*seal.KMS, error) {
	if s.KeysetKMS == "" {
		return nil, nil
	}
	return seal.OpenKMS(s.KeysetKMS, seal.Vault{Token: s.VaultToken, CACert: s.VaultCACert})
}

// oidc is the organisation's own sign-in; the zero value: there is none.
func (s settings) oidc() signin.OIDC {
	return signin.OIDC{Issuer: s.OIDCIssuer, ClientID: s.OIDCClient, ClientSecret: s.OIDCSecret}
}

// checkOIDC refuses a sign-in that is set up by half.
func (s settings) checkOIDC(wrong *problems) {
	given := []string{s.OIDCIssuer, s.OIDCClient, s.OIDCSecret}
	if !slices.ContainsFunc(given, func(v string) bool { return v != "" }) {
		return
	}
	if slices.Contains(given, "") {
		wrong.say("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all of them, or none")
	}
	u, err := url.Parse(s.OIDCIssuer)
	if s.OIDCIssuer != "" && (err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !isLocal(u.Hostname()))) {
		wrong.say("OIDC_ISSUER must begin with https:// and be written as the organisation's sign-in names itself; http:// is only for this machine itself")
	}
}

// checkStorage is what every command that opens the database needs.
func (s settings) checkStorage() (wrong problems) {
	if s.DatabaseURL == "" {
		wrong.say("DATABASE_URL is not set; it looks like postgres://user:password@host:5432/name")
	} else if u, err := url.Parse(s.DatabaseURL); err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		wrong.say("DATABASE_URL is not a Postgres URL; it looks like postgres://user:password@host:5432/name")
	}
	if n := numberOf(s.Pool); s.Pool != "" && (n < 4 || n > 1000) {
		wrong.say("DATABASE_POOL must be a number from 4 to 1000; Postgres must allow as many connections for each process")
	}
	if s.KeysetFile == "" {
		wrong.say("KEYSET_FILE is not set; make one with: pulang keys new FILE, and keep a copy of it elsewhere")
	}
	if _, err := s.kms(); err != nil {
		wrong.say("%v", err)
	}
	return wrong
}

// check is what serve needs: all problems, not only the first.
func (s settings) check() (wrong problems) {
	wrong = s.checkStorage()
	if s.RedisURL == "" {
		wrong.say("REDIS_URL is not set; it looks like redis://host:6379/0")
	} else if u, err := url.Parse(s.RedisURL); err != nil || (u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix") {
		wrong.say("REDIS_URL is not a Redis URL; it looks like redis://host:6379/0")
	}
	s.checkAddresses(&wrong)
	s.checkPlace(&wrong)
	s.checkCounts(&wrong)
	s.checkSpool(&wrong)
	s.checkOIDC(&wrong)
	s.checkChannels(&wrong)
	s.checkAlarms(&wrong)
	return wrong
}

func (s settings) checkAddresses(wrong *problems) {
	for name, addr := range map[string]string{"LISTEN_ADDR": s.ListenAddr, "METRICS_ADDR": s.MetricsAddr} {
		if _, port, err := net.SplitHostPort(addr); addr != "" && (err != nil || !isPort(port)) {
			wrong.say("%s is not an address to listen on; it looks like :8080 or 127.0.0.1:8080", name)
		}
	}
	if s.MetricsAddr != "" && s.MetricsAddr == s.ListenAddr && !strings.HasSuffix(s.ListenAddr, ":0") {
		wrong.say("METRICS_ADDR is the same as LISTEN_ADDR; metrics are not for the public, give them another port")
	}
	if says := s.publicURL(); says != "" {
		wrong.say("%s", says)
	}
}

// publicURL says what is wrong with PUBLIC_URL; empty: nothing.
func (s settings) publicURL() string {
	u, err := url.Parse(s.PublicURL)
	switch {
	case s.PublicURL == "":
		return "PUBLIC_URL is not set; alerts link to it and providers call it: https://your.host"
	case err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || (u.Scheme != "http" && u.Scheme != "https") || (u.Port() != "" && !isPort(u.Port())):
		return "PUBLIC_URL must be a plain address such as https://your.host, without user or query"
	case u.Path != "":
		return "PUBLIC_URL must be a host of its own such as https://your.host, without a path: the console has no place below one"
	case strings.ContainsFunc(s.PublicURL, func(r rune) bool { return r > unicode.MaxASCII }):
		return "PUBLIC_URL has letters that an SMS would not carry; write the host as xn--..."
	case u.Scheme == "http" && !isLocal(u.Hostname()):
		return "PUBLIC_URL must begin with https://; http:// is only for this machine itself"
	case s.twilio().Given() && len(s.PublicURL) > longestPublicURL:
		return fmt.Sprintf("PUBLIC_URL is %d characters long; an alert by SMS has room for %d. Take a shorter host name", len(s.PublicURL), longestPublicURL)
	}
	return ""
}

// longestPublicURL is what the one SMS of an alert has room for: the words of
// staff.alert leave 60 characters for the link, and the link is this address with
// /a/ and a code.
const longestPublicURL = 60 - len("/a/") - longestCode

// longestCode is how long the code of an alert may be.
const longestCode = 6

// shortestSecret keeps TELEGRAM_WEBHOOK_SECRET from being guessed: whoever knows it
// writes to the line in anybody's name.
const shortestSecret = 16

// isPort takes 0 too: the system chooses one.
func isPort(port string) bool {
	n, err := strconv.Atoi(port)
	return err == nil && n >= 0 && n <= 65535
}

func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// checkSpool refuses a size that holds nothing.
func (s settings) checkSpool(wrong *problems) {
	if s.SpoolMost == "" {
		return
	}
	if n := numberOf(s.SpoolMost); n < 1<<20 || n > 1<<40 {
		wrong.say("SPOOL_MAX_BYTES must be a number of bytes from 1048576 (1 MiB) on")
	}
	if s.SpoolDir == "" {
		wrong.say("SPOOL_MAX_BYTES is set, but SPOOL_DIR is not: set both, or neither")
	}
}

// checkPlace is where the line stands: numbers and hours are read by it.
func (s settings) checkPlace(wrong *problems) {
	if !phonenumbers.GetSupportedRegions()[s.DefaultRegion] {
		wrong.say("DEFAULT_REGION is not a country; it is two capital letters, such as ID")
	}
	if _, err := time.LoadLocation(s.Zone); s.Zone != "" && err != nil {
		wrong.say("TZ is not a time zone this machine knows; it looks like Asia/Jakarta")
	}
}

// checkChannels refuses a half-configured channel, and having none.
func (s settings) checkChannels(wrong *problems) {
	if _, err := strconv.ParseBool(s.TelegramPolling); s.TelegramPolling != "" && err != nil {
		wrong.say("TELEGRAM_POLLING must be true or false")
	}
	if n := len(s.TelegramSecret); n > 0 && n < shortestSecret {
		wrong.say("TELEGRAM_WEBHOOK_SECRET could be guessed; make it %d letters and digits or more, 32 are good", shortestSecret)
	}
	if s.TelegramAPI != "" && !s.telegram().Given() {
		wrong.say("TELEGRAM_API_URL is set, but TELEGRAM_BOT_TOKEN is not: set both, or neither")
	}
	if s.TwilioAPI != "" && !s.twilio().Given() {
		wrong.say("TWILIO_API_URL is set, but the other TWILIO_ settings are not: set all of them, or none")
	}
	none := true
	for _, c := range channels {
		if !c.given(s) {
			continue
		}
		none = false
		lacking := len(*wrong)
		for _, need := range c.needs(s) {
			if getByName(s, need) == "" {
				wrong.say("%s is not set, but other settings of %s are: set it, or none of them", need, c.name)
			}
		}
		if len(*wrong) > lacking || s.publicURL() != "" {
			continue
		}
		if _, err := c.open(s); err != nil {
			wrong.say("%v", err)
		}
	}
	if none {
		wrong.say("no channel is configured: nobody could write. Set TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET, or the TWILIO_ settings")
	}
}

func getByName(s settings, name string) string {
	for _, one := range everySetting() {
		if one.name == name {
			return s.get(one)
		}
	}
	return ""
}

var chatForm = regexp.MustCompile(`^-?[0-9]{1,20}$`)

func (s settings) checkAlarms(wrong *problems) {
	if u, err := url.Parse(s.HeartbeatURL); s.HeartbeatURL != "" && (err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !isLocal(u.Hostname()))) {
		wrong.say("HEARTBEAT_URL must begin with https:// and name a host; http:// is only for this machine itself")
	}
	switch {
	case s.AlarmChat == "":
	case !s.telegram().Given():
		wrong.say("ALARM_TELEGRAM_CHAT is set, but Telegram is not configured")
	case !chatForm.MatchString(s.AlarmChat):
		wrong.say("ALARM_TELEGRAM_CHAT must be the number of a chat")
	}
	if s.AlarmSMS == "" {
		return
	}
	if !s.twilio().Given() {
		wrong.say("ALARM_SMS_TO is set, but Twilio is not configured")
	}
	if _, err := phoneNumber(s.AlarmSMS, s.DefaultRegion); err != nil {
		wrong.say("ALARM_SMS_TO is %v", err)
	}
}

// phoneNumber reads a number as people write it, into E.164. The error does not
// hold it.
func phoneNumber(typed, region string) (string, error) {
	number, err := phonenumbers.Parse(typed, region)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", errors.New("not a phone number; write it with its country code, such as +62 812 1234 5678")
	}
	return phonenumbers.Format(number, phonenumbers.E164), nil
}
