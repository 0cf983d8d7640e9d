package bottest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// witness is a testing.TB that notes failures instead of failing.
type witness struct {
	testing.TB
	failed bool
}

func (w *witness) Errorf(string, ...any) { w.failed = true }

func TestOnlyThisMachineIsReached(t *testing.T) {
	t.Parallel()
	here := httptest.NewServer(http.NotFoundHandler())
	defer here.Close()
	for address, allowed := range map[string]bool{
		here.URL: true, "http://198.51.100.7:80": false, "http://example.invalid": false, "http://[2001:db8::1]:80": false,
	} {
		w := &witness{TB: t}
		client := http.Client{Transport: LocalOnly(w)}
		resp, err := client.Get(address)
		if err == nil {
			_ = resp.Body.Close()
		}
		if (err == nil) != allowed || w.failed == allowed {
			t.Errorf("%s: error %v, test failed: %v; want allowed: %v", address, err, w.failed, allowed)
		}
	}
}
