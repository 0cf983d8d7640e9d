package fakes

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// storePath is where files really lie; who asks for them there shows no token.
const storePath = "/media-store/"

// SendsFile sends a picture or another file by MMS, which can then be fetched as it
// can at Twilio: with the account's token, and from where that leads, without it.
func (p *SMSPhone) SendsFile(contentType string, data []byte, text string) (messageSID string) {
	t := p.t
	t.mu.Lock()
	path := "/2010-04-01/Accounts/" + t.options.AccountSID + "/Messages/" + t.sid("MM") + "/Media/" + t.sid("ME")
	if t.files == nil {
		t.files = map[string][]byte{}
	}
	t.files[path] = slices.Clone(data)
	t.mu.Unlock()
	return p.SendsMedia(contentType, "https://api.twilio.com"+path, text)
}

// isMedia reports whether a request is for a file, or where files lie.
func isMedia(path string) bool {
	return strings.HasPrefix(path, storePath) || strings.Contains(path, "/Media/")
}

// media leads to a file, or gives it.
func (t *Twilio) media(w http.ResponseWriter, r *http.Request) {
	if path, stored := strings.CutPrefix(r.URL.Path, strings.TrimSuffix(storePath, "/")); stored {
		if _, _, shown := r.BasicAuth(); shown {
			t.violate("the account's token was shown to where files lie")
		}
		t.mu.Lock()
		data, ok := t.files[path]
		t.mu.Unlock()
		if !ok {
			http.Error(w, "no such file", http.StatusNotFound)
			return
		}
		_, _ = w.Write(data)
		return
	}
	call := Call{At: t.options.Now(), Method: "media", Fields: fields{}}
	account, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/2010-04-01/Accounts/"), "/")
	t.desk.serve(w, r, call, func() answer {
		if refused := t.admit(r, account); refused != nil {
			return *refused
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		if _, ok := t.files[r.URL.Path]; !ok {
			return twilioError(404, 20404, "The requested resource was not found")
		}
		to := url.URL{Path: strings.TrimSuffix(storePath, "/") + r.URL.Path}
		return answer{status: http.StatusTemporaryRedirect, location: to.String()}
	}, twilioFault)
}
