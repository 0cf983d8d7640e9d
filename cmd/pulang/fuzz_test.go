package main

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzPublicURL: an address that is taken is one that links and webhooks can be
// appended to, and that leads where it says.
func FuzzPublicURL(f *testing.F) {
	for _, one := range []string{"https://line.example", "http://127.0.0.1:8080", "https://user@line.example", "https://line.example:99999", "https://line.example/x?y#z", "http://evil.example", "https://", "//line.example", "https://l\u0131ne.example"} {
		f.Add(one)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, _ := readSettings(func(name string) string { return map[string]string{"PUBLIC_URL": text}[name] })
		if s.publicURL() != "" {
			return
		}
		want, err := url.Parse(s.PublicURL)
		if err != nil {
			t.Fatalf("%q is taken and no address", text)
		}
		link, err := url.Parse(s.PublicURL + "/a/K7Q2")
		if err != nil || link.Path != "/a/K7Q2" || link.Host != want.Host || link.User != nil || (link.Scheme != "https" && !isLocal(link.Hostname())) || strings.ContainsAny(s.PublicURL, " \r\n\"<>\\") {
			t.Errorf("%q is taken, and links lead to %v", text, link)
		}
	})
}

// FuzzPhoneNumber: a number that is refused is not repeated in the reason.
func FuzzPhoneNumber(f *testing.F) {
	f.Add("+62 812 1234 5678", "ID")
	f.Add("08121234", "ID")
	f.Fuzz(func(t *testing.T, typed, region string) {
		number, err := phoneNumber(typed, region)
		if err == nil && (!strings.HasPrefix(number, "+") || strings.Trim(number[1:], "0123456789") != "") {
			t.Errorf("%q is read as %q", typed, number)
		}
		if err != nil && err.Error() != "not a phone number; write it with its country code, such as +62 812 1234 5678" {
			t.Errorf("the reason is made of what was typed: %v", err)
		}
	})
}
