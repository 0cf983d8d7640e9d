package sms

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/twilio/twilio-go/client"

	"pulang/bot"
	"pulang/internal/casefile"
)

const signatureHeader = "X-Twilio-Signature"

// sidForm is Twilio's name for a message.
var sidForm = regexp.MustCompile(`^[A-Z]{2}[0-9a-fA-F]{32}$`)

// carriesSignature turns away a request that proves nothing, before its body.
func carriesSignature(r *http.Request) error {
	if r.Header.Get(signatureHeader) == "" {
		return bot.ErrForged
	}
	return nil
}

// signed checks the signature over the public address and the form, with each
// token we have, and returns the form. Every token is tried, so that the time
// taken does not tell which of them fits.
func (c *SMS) signed(path string, r *http.Request, body []byte) (url.Values, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, bot.ErrForged // Twilio signs a form; this is none
	}
	signature, good := r.Header.Get(signatureHeader), false
	for _, token := range c.tokens {
		validator := client.NewRequestValidator(token)
		if validator.Validate(c.publicURL+path, flat(form), signature) {
			good = true
		}
	}
	if !good || signature == "" {
		return nil, bot.ErrForged
	}
	return form, nil
}

// flat is the form as the validator wants it, one value for a key. Twilio signs
// each different value of a repeated key, sorted, behind its key; the validator
// puts key and value together without a mark between them, so that the others
// can be handed over inside the first.
func flat(form url.Values) map[string]string {
	params := make(map[string]string, len(form))
	for key, values := range form {
		values = slices.Clone(values)
		slices.Sort(values)
		params[key] = strings.Join(slices.Compact(values), key)
	}
	return params
}

// parseMessage reads a message a person sent.
func (c *SMS) parseMessage(r *http.Request, body []byte) ([]bot.Arrived, error) {
	form, err := c.signed(messagePath, r, body)
	if err != nil {
		return nil, err
	}
	return []bot.Arrived{bot.NameUnreadable(c.tokens[0], readMessage(form, body))}, nil
}

// parseStatus reads what became of one of our messages.
func (c *SMS) parseStatus(r *http.Request, body []byte) ([]bot.Arrived, error) {
	form, err := c.signed(statusPath, r, body)
	if err != nil {
		return nil, err
	}
	return []bot.Arrived{bot.NameUnreadable(c.tokens[0], readStatus(form, body))}, nil
}

// readMessage has an answer for every form.
func readMessage(form url.Values, body []byte) bot.Arrived {
	sid, from := form.Get("MessageSid"), strings.TrimSpace(form.Get("From"))
	if !sidForm.MatchString(sid) || from == "" {
		return unreadable(body)
	}
	text := strings.ToValidUTF8(form.Get("Body"), "\uFFFD")
	a := bot.Arrived{
		Channel: Name, ProviderID: sid, Kind: casefile.KindText, MessageRef: sid,
		From: sender(from), Text: casefile.Hide(text), Raw: casefile.Hide(string(body)),
		Note: optNote(form.Get("OptOutType"), text),
	}
	a.Country = countryOf(from)
	if kind, ref := media(form); kind != "" {
		a.Kind, a.Media = kind, casefile.Hide(ref)
	}
	return a
}

// unreadable keeps a signed body that makes no sense to us, under its hash.
func unreadable(body []byte) bot.Arrived {
	sum := sha256.Sum256(body)
	return bot.Arrived{
		Channel: Name, Kind: casefile.KindUnreadable,
		ProviderID: "hash:" + hex.EncodeToString(sum[:16]), Raw: casefile.Hide(string(body)),
	}
}

// The words on which Twilio by itself cuts a line, or opens it again. Only a
// word that stands alone does it.
var (
	stopWords  = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
	startWords = []string{"START", "YES", "UNSTOP"}
)

// optNote notes that Twilio has cut the line, or opened it again. It says so
// itself with advanced opt-out; otherwise its standard words are known.
func optNote(optOutType, text string) bot.Note {
	word := strings.ToUpper(strings.TrimSpace(text))
	switch {
	case optOutType == "STOP":
		return bot.NoteOptedOut
	case optOutType == "START":
		return bot.NoteOptedIn
	case optOutType != "":
		return ""
	case slices.Contains(stopWords, word):
		return bot.NoteOptedOut
	case slices.Contains(startWords, word):
		return bot.NoteOptedIn
	}
	return ""
}

// attached is one file of a message, as Twilio keeps it.
type attached struct {
	URL  string `json:"url"`
	Mime string `json:"mime,omitempty"`
}

// maxMedia is the most files Twilio takes in one message.
const maxMedia = 10

// media is the reference of the files of a message, and the kind of the first.
func media(form url.Values) (casefile.MessageKind, string) {
	n, err := strconv.Atoi(form.Get("NumMedia"))
	if err != nil || n <= 0 {
		return "", ""
	}
	ref := struct {
		Type  string     `json:"type"`
		Files []attached `json:"files"`
	}{Type: "mms", Files: []attached{}}
	for i := range min(n, maxMedia) {
		if u := form.Get("MediaUrl" + strconv.Itoa(i)); u != "" {
			ref.Files = append(ref.Files, attached{URL: u, Mime: form.Get("MediaContentType" + strconv.Itoa(i))})
		}
	}
	data, err := json.Marshal(ref)
	if err != nil { // strings alone always marshal
		return casefile.KindDocument, `{"type":"mms"}`
	}
	return mediaKind(form.Get("MediaContentType0")), string(data)
}

// mediaKind sorts a content type.
func mediaKind(mime string) casefile.MessageKind {
	major, _, _ := strings.Cut(strings.ToLower(mime), "/")
	switch {
	case major == "image":
		return casefile.KindPhoto
	case major == "audio":
		return casefile.KindVoice
	case major == "video":
		return casefile.KindVideo
	case strings.Contains(mime, "vcard"):
		return casefile.KindContact
	}
	return casefile.KindDocument
}
