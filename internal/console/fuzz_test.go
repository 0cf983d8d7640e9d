package console

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzLocal: after signing in nobody is sent to another host, and no header is
// split. What a browser makes of odd slashes is taken into account.
func FuzzLocal(f *testing.F) {
	for _, next := range []string{"/", "/cases/AAA111?x=1", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/%2f/evil.example", "/..//evil.example", "/sign-out", "javascript:alert(1)", "/a\r\nX: y"} {
		f.Add(next)
	}
	base, err := url.Parse("https://line.example/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		to := local(next)
		asBrowsers := strings.NewReplacer("\\", "/", "\t", "", "\r", "", "\n", "").Replace(to)
		where, err := base.Parse(asBrowsers)
		if err != nil || where.Host != base.Host || where.Scheme != base.Scheme || strings.HasPrefix(asBrowsers, "//") || !strings.HasPrefix(to, "/") || strings.ContainsAny(to, "\r\n") {
			t.Errorf("%q leads to %q", next, to)
		}
	})
}

// FuzzParseForm: what handlers get of a form has no broken letters and no control
// characters but line ends and tabs.
func FuzzParseForm(f *testing.F) {
	f.Add("text=Kami%00+baca%1b[31m%ff%0d%0asemua&id=1")
	f.Add("text=%E2%80%AEdskp;reason=x&&=&%zz")
	f.Fuzz(func(t *testing.T, body string) {
		r, err := http.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if parseForm(r) != nil {
			return
		}
		for _, values := range r.PostForm {
			for _, v := range values {
				odd := strings.IndexFunc(v, func(l rune) bool { return unicode.IsControl(l) && !strings.ContainsRune("\r\n\t", l) })
				if odd >= 0 || !utf8.ValidString(v) {
					t.Errorf("%q leaves %q in a form", body, v)
				}
			}
		}
	})
}

// FuzzFrom: where an attempt comes from is one address or one household, whatever
// a proxy or a client writes.
func FuzzFrom(f *testing.F) {
	f.Add("127.0.0.1:1", "198.51.100.9, 203.0.113.7", "x")
	f.Add("[2001:db8::1]:1", "", "")
	f.Add("[fe80::1%eth0]:1", "::ffff:203.0.113.7", "\xff")
	c := &console{}
	f.Fuzz(func(t *testing.T, remote, forwarded, device string) {
		at, err := netip.ParseAddrPort(remote)
		if err != nil {
			return // net/http gives an address
		}
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}, "Cookie": {cookieName(false, deviceCookie) + "=" + device}}}
		got := c.from(r).Source
		_, addrErr := netip.ParseAddr(got)
		_, networkErr := netip.ParsePrefix(got)
		if addrErr != nil && networkErr != nil {
			t.Errorf("%s by way of %q counts as %q", remote, forwarded, got)
		}
		if own := at.Addr().Unmap().WithZone(""); !own.IsLoopback() && !own.IsPrivate() && addrErr == nil && got != own.String() && got != at.Addr().String() {
			t.Errorf("a stranger at %s is believed to be %q", remote, got)
		}
	})
}
