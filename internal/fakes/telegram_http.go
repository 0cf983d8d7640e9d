package fakes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// ServeHTTP answers /bot<token>/<method> and /file/bot<token>/<path>.
func (t *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		t.download(w, path)
		return
	}
	token, method, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	fields, err := readFields(w, r)
	call := Call{At: t.options.Now(), Method: method, Recipient: fields["chat_id"], Fields: fields}
	t.desk.serve(w, r, call, func() answer {
		if !strings.HasPrefix(r.URL.Path, "/bot") || token != t.options.Token {
			t.violate("%s: wrong bot token", method)
			return refusal(&apiError{code: 401, description: "Unauthorized"})
		}
		if err != nil {
			t.violate("%s: unreadable request", method)
			return refusal(badRequest("can't parse request"))
		}
		return t.perform(r.Context(), method, fields)
	}, telegramFault)
}

// perform runs a method.
func (t *Telegram) perform(ctx context.Context, method string, fields fields) answer {
	if method == "getUpdates" { // it waits, so it holds no lock
		result, refused := t.getUpdates(ctx, fields)
		if refused != nil {
			return refusal(refused)
		}
		return success(result)
	}
	run, ok := telegramMethods[method]
	if !ok {
		t.violate("method %q is not one this Telegram knows", method)
		return refusal(&apiError{code: 404, description: "Not Found"})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	result, refused := run(t, fields)
	if refused != nil {
		if refused.violation {
			t.violate("%s: %s", method, refused.description)
		}
		return refusal(refused)
	}
	return success(result)
}

// download gives the content of a file.
func (t *Telegram) download(w http.ResponseWriter, path string) {
	token, path, _ := strings.Cut(path, "/")
	var data []byte
	ok := false
	t.mu.Lock()
	for id, content := range t.files {
		if filePath(id) == path {
			data, ok = content, true
		}
	}
	t.mu.Unlock()
	if token != t.options.Token || !ok {
		t.violate("file: wrong token or unknown path")
		http.Error(w, `{"ok":false,"error_code":404,"description":"Not Found"}`, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data)
}

// filePath is where a file lies. It says nothing of the id the file is asked by, as at
// the real one.
func filePath(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "files/file_" + hex.EncodeToString(sum[:8])
}

// fields are the parameters of a method; nested ones are JSON.
type fields map[string]string

// integer is 0, false when the field is missing or no number.
func (f fields) integer(name string) (int64, bool) {
	n, err := strconv.ParseInt(f[name], 10, 64)
	return n, err == nil
}

// readFields takes the query, a form of either kind or a JSON object.
func readFields(w http.ResponseWriter, r *http.Request) (fields, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<20)
	f := fields{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		return f, readJSON(r.Body, f)
	}
	// A form without any field has no closing boundary: the client library
	// sends an empty body then.
	if err := r.ParseMultipartForm(4 << 20); err != nil && err != http.ErrNotMultipart && // #nosec G120 -- a fake on loopback, for the demo and the tests
		!strings.Contains(err.Error(), "EOF") {
		return f, err
	}
	for name, values := range r.Form {
		f[name] = values[0]
	}
	return f, nil
}

// readJSON flattens an object: strings as they are, the rest as JSON.
func readJSON(body io.Reader, f fields) error {
	var object map[string]json.RawMessage
	if err := json.NewDecoder(body).Decode(&object); err != nil && err != io.EOF {
		return err
	}
	for name, raw := range object {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		f[name] = text
	}
	return nil
}

// apiError is a refusal in Telegram's own words.
type apiError struct {
	code        int
	description string
	parameters  map[string]any
	violation   bool // the caller broke a rule, and not the world
}

func badRequest(description string) *apiError {
	return &apiError{code: 400, description: "Bad Request: " + description, violation: true}
}

// refusal is the body of an error.
func refusal(e *apiError) answer {
	body := map[string]any{"ok": false, "error_code": e.code, "description": e.description}
	if e.parameters != nil {
		body["parameters"] = e.parameters
	}
	data, _ := json.Marshal(body)
	retry, _ := e.parameters["retry_after"].(int)
	return answer{status: e.code, body: data, retryAfter: retry}
}

// success is the body of a result.
func success(result any) answer {
	data, err := json.Marshal(map[string]any{"ok": true, "result": result})
	if err != nil {
		panic("fakes: " + err.Error()) // our own maps always marshal
	}
	return answer{status: 200, body: data}
}

// telegramFault words a fault as Telegram, or the proxy before it, does.
func telegramFault(f Fault) answer {
	if f.Body != "" {
		return answer{status: f.Status, body: []byte(f.Body), html: true, retryAfter: f.RetryAfter}
	}
	e := &apiError{code: f.Status, description: http.StatusText(f.Status)}
	if f.RetryAfter > 0 {
		e.description += ": retry after " + strconv.Itoa(f.RetryAfter)
		e.parameters = map[string]any{"retry_after": f.RetryAfter}
	}
	return refusal(e)
}

// loopback says whether an address needs no https.
func loopback(u *url.URL) bool { return u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" }
