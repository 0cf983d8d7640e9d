package sms

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"pulang/bot"
	"pulang/internal/casefile"
)

// fetchable is the reference of what the phone sent last.
func (r *rig) fetchable(t *testing.T, wanted int) []bot.File {
	t.Helper()
	if err := r.fake.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	files := r.c.Files(r.got[len(r.got)-1].Media)
	if len(files) != wanted {
		t.Fatalf("%d files, want %d", len(files), wanted)
	}
	return files
}

func TestAPictureByMMSIsFetched(t *testing.T) {
	t.Parallel()
	r := newRig(t, testFrom)
	picture := bytes.Repeat([]byte("\xff\xd8\xffpicture"), 999)
	r.phone.SendsFile("image/jpeg", picture, "lihat")
	got, err := r.c.Fetch(t.Context(), r.fetchable(t, 1)[0].Ref)
	if err != nil || !bytes.Equal(got, picture) {
		t.Errorf("fetched %d bytes, %v", len(got), err)
	}
	if v := r.fake.Violations(); len(v) > 0 {
		t.Errorf("Twilio would refuse: %q", v)
	}
	if files := r.c.Files(casefile.Hide("no JSON")); len(files) != 0 {
		t.Error("what nobody can read has files")
	}
}

func TestTheTokenIsShownToTwilioAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, testFrom)
	file := "/2010-04-01/Accounts/" + testAccount + "/Messages/MM" + fmt.Sprintf("%032x", 1) + "/Media/ME" + fmt.Sprintf("%032x", 2)
	for _, address := range []string{
		"https://evil.example" + file, "https://api.twilio.com.evil.example" + file, "http://api.twilio.com" + file,
		"https://user@api.twilio.com" + file, "https://api.twilio.com:8443" + file, "https://api.twilio.com/2010-04-01/Accounts.json",
		"https://api.twilio.com/2010-04-01/Accounts/AC" + fmt.Sprintf("%032x", 3) + "/Messages/MM" + fmt.Sprintf("%032x", 1) + "/Media/ME" + fmt.Sprintf("%032x", 2),
		"https://api.twilio.com" + file + "?x=1", "https://api.twilio.com" + file + "/../../x", "file:///etc/passwd", "http://169.254.169.254/", "", "\x00",
	} {
		_, err := r.c.Fetch(t.Context(), casefile.Hide(address))
		var told *bot.SendError
		if !errors.As(err, &told) || told.Outcome != bot.Refused || told.Class != "not_ours" {
			t.Errorf("%q: %v", address, err)
		}
	}
	if calls := r.fake.Calls(); len(calls) > 0 {
		t.Errorf("Twilio was asked %d times", len(calls))
	}
	_, err := r.c.Fetch(t.Context(), casefile.Hide("https://api.twilio.com"+file)) // deleted there
	if err == nil || err.Error() != "send: refused (gone)" {
		t.Errorf("a file that is gone: %v", err)
	}
}

func TestAFileIsFollowedOnlyWhereTwilioKeepsFiles(t *testing.T) {
	t.Parallel()
	c := &SMS{}
	const from = "https://api.twilio.com/2010-04-01/x"
	for to, want := range map[string]bool{
		"https://mms.twiliocdn.com/AC1/f?Expires=1": true, "https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/f": true,
		"https://media.us1.twilio.com/f": true, "http://mms.twiliocdn.com/f": false, "https://evil.example/f": false, "https://xtwiliocdn.com/f": false,
		"https://u:p@mms.twiliocdn.com/f": false, "https://mms.twiliocdn.com:22/f": false, "": false, "//evil.example/f": false, "https://127.0.0.1/f": false,
	} {
		if _, ok := c.onward(from, to); ok != want {
			t.Errorf("onward to %q: %v", to, ok)
		}
	}
}
