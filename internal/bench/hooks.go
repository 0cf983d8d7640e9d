package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha1" // #nosec G505 -- Twilio signs with HMAC-SHA1
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// The line's accounts with its providers.
const (
	telegramToken  = "700000001:BENCH-telegram-token-of-nobody-000"
	telegramSecret = "benchsecretbenchsecretbenchsecret"
	twilioAccount  = "ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	twilioToken    = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	twilioFrom     = "+12025550100"
)

// hooks makes the webhooks of both providers: each with an id of its own, signed as
// the real ones are.
type hooks struct {
	host   string // of the line: 127.0.0.1:port
	serial atomic.Int64
}

// webhook is the whole request for what a person writes.
func (h *hooks) webhook(p *person, text string, now time.Time) []byte {
	n := h.serial.Add(1)
	if p.number {
		return h.twilio(p, text, n)
	}
	return h.telegram(p, text, n, now)
}

func (h *hooks) telegram(p *person, text string, n int64, now time.Time) []byte {
	body := fmt.Appendf(nil, `{"update_id":%d,"message":{"message_id":%d,"from":{"id":%s,"is_bot":false,"first_name":"Rina","language_code":"id"},`+
		`"chat":{"id":%s,"first_name":"Rina","type":"private"},"date":%d,"text":%s}}`, n, n, p.address, p.address, now.Unix(), strconv.Quote(text))
	return h.post("/webhooks/telegram", "application/json", "X-Telegram-Bot-Api-Secret-Token: "+telegramSecret, body)
}

func (h *hooks) twilio(p *person, text string, n int64) []byte {
	sid := fmt.Sprintf("SM%032x", n)
	form := url.Values{
		"ToCountry": {"US"}, "MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid}, "AccountSid": {twilioAccount}, "ApiVersion": {"2010-04-01"},
		"From": {p.address}, "To": {twilioFrom}, "Body": {text}, "NumMedia": {"0"}, "NumSegments": {"1"}, "SmsStatus": {"received"}, "FromCountry": {"ID"},
	}
	const path = "/webhooks/twilio/message"
	return h.post(path, "application/x-www-form-urlencoded", "X-Twilio-Signature: "+sign("http://"+h.host+path, form), []byte(form.Encode()))
}

// sign is Twilio's signature: over the address and the sorted form.
func sign(address string, form url.Values) string {
	keys := make([]string, 0, len(form))
	for key := range form {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	mac := hmac.New(sha1.New, []byte(twilioToken))
	_, _ = io.WriteString(mac, address)
	for _, key := range keys {
		_, _ = io.WriteString(mac, key+form.Get(key))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (h *hooks) post(path, kind, proof string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n\r\n", path, h.host, kind, len(body), proof)
	b.Write(body)
	return b.Bytes()
}

// wire is one connection to the line. Requests are written as they are: a client
// library would cost as much of the machine as what is measured.
type wire struct {
	host string
	conn net.Conn
	in   *bufio.Reader
}

// limit is how long a provider waits for an answer.
const limit = 15 * time.Second

// hand posts one webhook and returns the status it was answered with.
func (w *wire) hand(request []byte, now time.Time) (int, error) {
	if w.conn == nil {
		conn, err := net.Dial("tcp", w.host)
		if err != nil {
			return 0, err
		}
		w.conn, w.in = conn, bufio.NewReaderSize(conn, 4096)
	}
	status, err := w.trip(request, now)
	if err != nil {
		w.close()
	}
	return status, err
}

func (w *wire) trip(request []byte, now time.Time) (int, error) {
	if err := w.conn.SetDeadline(now.Add(limit)); err != nil {
		return 0, err
	}
	if _, err := w.conn.Write(request); err != nil {
		return 0, err
	}
	first, err := w.in.ReadString('\n')
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(first, " ")
	if len(rest) < 3 {
		return 0, fmt.Errorf("no HTTP: %q", first)
	}
	status, err := strconv.Atoi(rest[:3])
	if err != nil {
		return 0, err
	}
	return status, w.skip()
}

// skip reads the rest of the answer.
func (w *wire) skip() error {
	length := 0
	for {
		line, err := w.in.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		if http.CanonicalHeaderKey(name) == "Content-Length" {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return err
			}
		}
	}
	_, err := w.in.Discard(length)
	return err
}

func (w *wire) close() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}
