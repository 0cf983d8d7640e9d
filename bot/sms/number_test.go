package sms

import (
	"errors"
	"strings"
	"testing"
)

func TestNumbersAreNormalHoweverWritten(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"081234567890": testNumber, "0812-3456-7890": testNumber, "+62 812 3456 7890": testNumber, "62812 34567890": testNumber,
		"0062 81234567890": "", "+60 12-345 6789": "+60123456789", "+99912345678": "",
		"": "", "abc": "", "112": "", "+62812": "", "0812345678901234567": "", "<script>": "", "+": "",
	} {
		got, err := Normal(written, "ID")
		switch {
		case want == "" && !errors.Is(err, ErrNumber):
			t.Errorf("%q became %q, want ErrNumber", written, got.Reveal())
		case want != "" && (err != nil || !got.Is(want)):
			t.Errorf("%q became %q (%v), want %q", written, got.Reveal(), err, want)
		case err != nil && written != "" && written != "+" && strings.Contains(err.Error(), written):
			t.Errorf("the error repeats the number %q", written)
		}
	}
	if got, err := Normal("012-345 6789", "MY"); err != nil || !got.Is("+60123456789") {
		t.Errorf("the region is not asked: %v", err)
	}
}
