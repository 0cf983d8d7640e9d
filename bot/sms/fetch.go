package sms

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"pulang/bot"
	"pulang/internal/casefile"
)

// Files are the files of a message by MMS.
func (c *SMS) Files(media casefile.Private) []bot.File {
	var ref struct {
		Files []attached `json:"files"`
	}
	if json.Unmarshal([]byte(media.Reveal()), &ref) != nil {
		return nil
	}
	var files []bot.File
	for _, f := range ref.Files {
		files = append(files, bot.File{Ref: casefile.Hide(f.URL)})
	}
	return files
}

// mediaPath is where Twilio keeps the files of an account.
var mediaPath = regexp.MustCompile(`^/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/Messages/[A-Z]{2}[0-9a-fA-F]{32}/Media/[A-Z]{2}[0-9a-fA-F]{32}$`)

// storeHosts are where Twilio sends on whoever asks for a file.
var storeHosts = []string{".twilio.com", ".twiliocdn.com", ".amazonaws.com"}

// Fetch gets a file. The account's token is shown to Twilio alone: an address that is
// not one of Twilio's files of our account is not asked, and where Twilio sends us on
// is asked without it, and only where Twilio keeps files.
func (c *SMS) Fetch(ctx context.Context, ref casefile.Private) ([]byte, error) {
	address, ok := c.fileAddress(ref.Reveal())
	if !ok {
		return nil, &bot.SendError{Outcome: bot.Refused, Class: "not_ours"}
	}
	got, err := bot.Get(ctx, c.base, address, func(r *http.Request) { r.SetBasicAuth(c.accountSID, c.authToken) })
	if err != nil {
		return nil, err
	}
	if got.Status == http.StatusNotFound { // deleted at Twilio
		return nil, &bot.SendError{Outcome: bot.Refused, Class: "gone"}
	}
	if got.Status/100 != 3 {
		return got.File()
	}
	onward, ok := c.onward(address, got.Location)
	if !ok {
		return nil, &bot.SendError{Outcome: bot.Retry, Class: "bad_redirect"}
	}
	if got, err = bot.Get(ctx, c.base, onward, nil); err != nil {
		return nil, err
	}
	return got.File()
}

// fileAddress is where a file of ours is asked for: at Twilio, or at TWILIO_API_URL.
func (c *SMS) fileAddress(given string) (string, bool) {
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" {
		return "", false
	}
	path := mediaPath.FindStringSubmatch(u.Path)
	if path == nil || path[1] != c.accountSID || u.Host != "api.twilio.com" && !regional.MatchString(u.Host) {
		return "", false
	}
	if c.apiURL != nil {
		u.Scheme, u.Host, u.Path = c.apiURL.Scheme, c.apiURL.Host, strings.TrimSuffix(c.apiURL.Path, "/")+u.Path
	}
	return u.String(), true
}

// regional are Twilio's hosts of an edge and a region.
var regional = regexp.MustCompile(`^api(\.[a-z0-9-]+){1,2}\.twilio\.com$`)

// onward is where an answer leads, if Twilio keeps files there.
func (c *SMS) onward(from, to string) (string, bool) {
	base, err := url.Parse(from)
	if err != nil {
		return "", false
	}
	u, err := base.Parse(to)
	if err != nil || to == "" || u.User != nil {
		return "", false
	}
	if c.apiURL != nil && u.Host == c.apiURL.Host && u.Scheme == c.apiURL.Scheme {
		return u.String(), true
	}
	for _, host := range storeHosts {
		if u.Scheme == "https" && u.Port() == "" && strings.HasSuffix(u.Hostname(), host) {
			return u.String(), true
		}
	}
	return "", false
}
