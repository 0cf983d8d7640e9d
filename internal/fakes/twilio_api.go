package fakes

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// e164 is the only form of a number that is taken.
var e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

// ServeHTTP answers the Messages resource of the account.
func (t *Twilio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isMedia(r.URL.Path) {
		t.media(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	err := r.ParseForm()
	call := Call{At: t.options.Now(), Fields: fields{}}
	for name, values := range r.Form {
		call.Fields[name] = values[0]
	}
	account, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/2010-04-01/Accounts/"), "/")
	sid, one := strings.CutPrefix(strings.TrimSuffix(rest, ".json"), "Messages/")
	call.Recipient = call.Fields["To"]
	switch {
	case r.Method == http.MethodPost && rest == "Messages.json":
		call.Method = "create"
	case r.Method == http.MethodGet && rest == "Messages.json":
		call.Method = "list"
	case r.Method == http.MethodGet && one && strings.HasSuffix(rest, ".json"):
		call.Method = "fetch"
	}
	t.desk.serve(w, r, call, func() answer {
		if refused := t.admit(r, account); refused != nil {
			return *refused
		}
		switch {
		case err != nil:
			t.violate("%s: unreadable request", call.Method)
			return twilioError(400, 20001, "Unreadable request")
		case call.Method == "create":
			return t.create(r.PostForm)
		case call.Method == "list":
			return t.list(r.URL)
		case call.Method == "fetch":
			return t.fetch(sid)
		}
		t.violate("%s %s is not one this Twilio knows", r.Method, rest)
		return twilioError(404, 20404, "The requested resource was not found")
	}, twilioFault)
}

// admit checks the login and the account.
func (t *Twilio) admit(r *http.Request, account string) *answer {
	user, password, _ := r.BasicAuth()
	if user != t.options.AccountSID || subtle.ConstantTimeCompare([]byte(password), []byte(t.options.AuthToken)) != 1 {
		t.violate("wrong account or auth token")
		a := twilioError(401, 20003, "Authenticate")
		return &a
	}
	if account != t.options.AccountSID || !strings.HasPrefix(r.URL.Path, "/2010-04-01/Accounts/") {
		t.violate("the account in the path is another one")
		a := twilioError(404, 20404, "The requested resource was not found")
		return &a
	}
	return nil
}

// refuse is an error that breaks a rule.
func (t *Twilio) refuse(code int, message string) answer {
	t.violate("create: %d %s", code, message)
	return twilioError(400, code, message)
}

// create takes a message.
func (t *Twilio) create(form url.Values) answer {
	to, body := form.Get("To"), form.Get("Body")
	if refused := t.checkCreate(form); refused != nil {
		return *refused
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	phone := t.phoneOf(to)
	switch {
	case phone.refusal != 0:
		return twilioError(400, phone.refusal, refusalText(phone.refusal))
	case phone.stopped:
		return twilioError(400, 21610, "Attempt to send to unsubscribed recipient")
	}
	m := &sms{from: t.options.From, to: to, body: body, callback: form.Get("StatusCallback"), status: "queued"}
	if strings.HasPrefix(t.options.From, "MG") {
		m.service, m.from, m.status = t.options.From, t.options.Number, "accepted"
	}
	outcome := t.accept(m)
	data, _ := json.Marshal(t.resource(m))
	t.courier.expect(1)
	return answer{status: 201, body: data, then: func() {
		defer t.courier.expect(-1)
		t.report(m, outcome)
	}}
}

// checkCreate refuses what the real one refuses, and with Strict what costs
// the person more than one message.
func (t *Twilio) checkCreate(form url.Values) *answer {
	bad := func(code int, message string) *answer {
		a := t.refuse(code, message)
		return &a
	}
	to, body, callback := form.Get("To"), form.Get("Body"), form.Get("StatusCallback")
	from := form.Get("From")
	if strings.HasPrefix(t.options.From, "MG") {
		from = form.Get("MessagingServiceSid")
	}
	parts, ucs2 := t.options.Segments(body)
	switch {
	case to == "":
		return bad(21604, "A 'To' phone number is required.")
	case !e164.MatchString(to):
		return bad(21211, "The 'To' number is not a valid phone number.")
	case from == "":
		return bad(21603, "A 'From' phone number is required.")
	case from != t.options.From:
		return bad(21606, "The From phone number is not a valid, SMS-capable phone number of your account.")
	case to == t.options.Number:
		return bad(21266, "'To' and 'From' number cannot be the same")
	case strings.TrimSpace(body) == "":
		return bad(21602, "Message body is required.")
	case !utf8.ValidString(body):
		return bad(21602, "Message body is not UTF-8.")
	case utf8.RuneCountInString(body) > 1600:
		return bad(21617, "The concatenated message body exceeds the 1600 character limit.")
	case t.options.Strict && (parts != 1 || ucs2):
		return bad(21617, fmt.Sprintf("the body needs %d parts (UCS-2: %v), and should be one in GSM-7", parts, ucs2))
	case t.options.StatusURL != "" && callback != "" && callback != t.options.StatusURL:
		return bad(21609, "The 'StatusCallback' URL is not the line's.")
	}
	return nil
}

// accept keeps an outgoing message, shows it, and says what becomes of it. The
// caller holds the lock.
func (t *Twilio) accept(m *sms) Outcome {
	m.sid, m.created = t.sid("SM"), t.options.Now()
	m.updated = m.created
	if m.status == "" {
		m.status = "queued"
	}
	if m.callback == "" {
		m.callback = t.options.StatusURL
	}
	m.parts, _ = t.options.Segments(m.body)
	t.messages = append(t.messages, m)
	phone := t.phoneOf(m.to)
	outcome := phone.nextOutcome()
	if slices.Contains(outcome.Statuses, "delivered") {
		phone.show(Shown{SID: m.sid, FromLine: true, Kind: "text", Text: m.body, At: m.created})
	}
	t.bell.ring()
	return outcome
}

// report moves the message through its statuses, each with a callback. They
// are one lane for each message, so that they come in the order asked for.
func (t *Twilio) report(m *sms, o Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, status := range o.Statuses {
		m.updated = t.options.Now()
		form := url.Values{
			"MessageSid": {m.sid}, "SmsSid": {m.sid}, "AccountSid": {t.options.AccountSID}, "ApiVersion": {"2010-04-01"},
			"From": {m.from}, "To": {m.to}, "MessageStatus": {status}, "SmsStatus": {status},
		}
		if m.service != "" {
			form.Set("MessagingServiceSid", m.service)
		}
		if rank(status) >= rank(m.status) {
			m.status = status
		}
		if status == "failed" || status == "undelivered" {
			m.errorCode = o.ErrorCode
			form.Set("ErrorCode", strconv.Itoa(o.ErrorCode))
		}
		t.webhook("status "+status+" "+m.sid, m.sid, m.callback, form, nil)
	}
}

// rank orders the statuses, so that a late "sent" does not undo "delivered".
func rank(status string) int {
	return slices.Index([]string{"accepted", "queued", "sending", "sent", "undelivered", "failed", "delivered"}, status)
}

// refusalText are the words for the refusals that Refuses is meant for.
func refusalText(code int) string {
	switch code {
	case 21211:
		return "The 'To' number is not a valid phone number."
	case 21408:
		return "Permission to send an SMS has not been enabled for the region indicated by the 'To' number."
	case 21614:
		return "'To' number is not a valid mobile number."
	case 21610:
		return "Attempt to send to unsubscribed recipient"
	}
	return "The message cannot be sent."
}

// resource is a message as the API has it.
func (t *Twilio) resource(m *sms) map[string]any {
	direction, from := "outbound-api", any(m.from)
	if m.inbound {
		direction = "inbound"
	}
	path := "/2010-04-01/Accounts/" + t.options.AccountSID + "/Messages/" + m.sid
	j := map[string]any{
		"sid": m.sid, "account_sid": t.options.AccountSID, "api_version": "2010-04-01", "body": m.body,
		"from": from, "to": m.to, "direction": direction, "status": m.status, "num_media": "0",
		"num_segments": strconv.Itoa(m.parts), "date_created": m.created.UTC().Format(time.RFC1123Z),
		"date_updated": m.updated.UTC().Format(time.RFC1123Z), "date_sent": m.created.UTC().Format(time.RFC1123Z),
		"price": nil, "price_unit": "USD", "error_code": nil, "error_message": nil, "messaging_service_sid": nil,
		"uri": path + ".json", "subresource_uris": map[string]any{"media": path + "/Media.json"},
	}
	if m.service != "" {
		j["messaging_service_sid"] = m.service
	}
	if m.errorCode != 0 {
		j["error_code"] = m.errorCode
	}
	return j
}

// fetch gives one message.
func (t *Twilio) fetch(sid string) answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.messages {
		if m.sid == sid {
			data, _ := json.Marshal(t.resource(m))
			return answer{status: 200, body: data}
		}
	}
	return twilioError(404, 20404, "The requested resource was not found")
}

// list gives messages, newest first, filtered and in pages.
func (t *Twilio) list(u *url.URL) answer {
	query := u.Query()
	size, _ := strconv.Atoi(query.Get("PageSize"))
	if size < 1 || size > 1000 {
		size = 50
	}
	page, _ := strconv.Atoi(query.Get("Page"))
	t.mu.Lock()
	defer t.mu.Unlock()
	found := []map[string]any{}
	for _, m := range slices.Backward(t.messages) {
		keep, err := matches(m, query)
		if err != nil {
			t.violate("list: %v", err)
			return twilioError(400, 20001, "A date is not readable")
		}
		if keep {
			found = append(found, t.resource(m))
		}
	}
	start := min(max(0, page)*size, len(found))
	end := min(start+size, len(found))
	body := map[string]any{"messages": found[start:end], "page": page, "page_size": size, "start": start,
		"end": max(start, end-1), "uri": u.RequestURI(), "first_page_uri": u.RequestURI(), "previous_page_uri": nil, "next_page_uri": nil}
	if end < len(found) {
		query.Set("Page", strconv.Itoa(page+1))
		body["next_page_uri"] = u.Path + "?" + query.Encode()
	}
	data, _ := json.Marshal(body)
	return answer{status: 200, body: data}
}

// matches applies To, From and the three forms of DateSent; the bounds count
// themselves in, and a date alone is the whole day in UTC.
func matches(m *sms, query url.Values) (bool, error) {
	if to := query.Get("To"); to != "" && to != m.to {
		return false, nil
	}
	if from := query.Get("From"); from != "" && from != m.from {
		return false, nil
	}
	sent := m.created.UTC().Truncate(time.Second)
	for _, name := range []string{"DateSent", "DateSent<", "DateSent>"} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		first, err := time.Parse(time.RFC3339, text)
		last := first
		if err != nil {
			if first, err = time.Parse(time.DateOnly, text); err != nil {
				return false, fmt.Errorf("%s is no date", name)
			}
			last = first.Add(24*time.Hour - time.Second)
		}
		if (name != "DateSent<" && sent.Before(first)) || (name != "DateSent>" && sent.After(last)) {
			return false, nil
		}
	}
	return true, nil
}
