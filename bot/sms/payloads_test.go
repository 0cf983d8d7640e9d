package sms

import (
	"fmt"
	"net/http"
	"net/url"

	"pulang/bot"
	"pulang/bot/bottest"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// What the tests' account is. Nothing here exists.
const (
	testAccount  = "ACcafe0000000000000000000000000001"
	testToken    = "c0ffeec0ffeec0ffeec0ffeec0ffee01"
	testPrevious = "0ddba110ddba110ddba110ddba110d02"
	testFrom     = "+15005550006"
	testService  = "MGcafe0000000000000000000000000002"
	testNumber   = "+6281234567890"
	testPublic   = "https://pulang.example"
	testSID      = "SM00000000000000000000000000000007"
)

const (
	messageRoute = "POST /webhooks/twilio/message"
	statusRoute  = "POST /webhooks/twilio/status"
)

// call is a webhook call with a signature header; none when it is empty.
func call(route, signature string, body string) bottest.Delivery {
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	if signature != "" {
		h.Set("X-Twilio-Signature", signature)
	}
	return bottest.Delivery{Route: route, Header: h, Body: []byte(body)}
}

// signedBy is a form on the message route, signed with a token as Twilio does it.
func signedBy(token string, form url.Values) bottest.Delivery {
	return call(messageRoute, fakes.Signature(token, testPublic+"/webhooks/twilio/message", form), form.Encode())
}

// statusBy is a form on the status route.
func statusBy(token string, form url.Values) bottest.Delivery {
	return call(statusRoute, fakes.Signature(token, testPublic+"/webhooks/twilio/status", form), form.Encode())
}

// message is the form of a message, with fields beyond or other than the usual.
func message(more url.Values) url.Values {
	form := url.Values{
		"MessageSid": {testSID}, "SmsSid": {testSID}, "SmsMessageSid": {testSID}, "AccountSid": {testAccount},
		"From": {testNumber}, "To": {testFrom}, "Body": {"tolong saya"}, "NumMedia": {"0"}, "NumSegments": {"1"},
		"SmsStatus": {"received"}, "ApiVersion": {"2010-04-01"}, "FromCountry": {"ID"}, "ToCountry": {"US"},
	}
	for name, values := range more {
		form[name] = values
	}
	return form
}

// said is a person's n-th message.
func said(text string, n int) bottest.Delivery {
	return signedBy(testToken, message(url.Values{"Body": {text}, "MessageSid": {fmt.Sprintf("SM%032d", n)}}))
}

// inMessage is a kind that is a message with fields of its own.
func inMessage(name string, more url.Values, change func(*bot.Arrived)) bottest.Kind {
	want := bot.Arrived{
		ProviderID: testSID, Kind: casefile.KindText, From: casefile.Hide(testNumber),
		Text: casefile.Hide("tolong saya"), MessageRef: testSID, Country: "ID",
	}
	change(&want)
	return bottest.Kind{Name: name, Delivery: signedBy(testToken, message(more)), Want: want}
}

// spoke changes the text.
func spoke(text string, note bot.Note) func(*bot.Arrived) {
	return func(a *bot.Arrived) { a.Text, a.Note = casefile.Hide(text), note }
}

// sent changes the media.
func sent(kind casefile.MessageKind, media string) func(*bot.Arrived) {
	return func(a *bot.Arrived) { a.Kind, a.Media = kind, casefile.Hide(media) }
}

func messageKinds() []bottest.Kind {
	file := func(mime string) url.Values {
		return url.Values{"NumMedia": {"1"}, "MediaUrl0": {"https://m.example/0"}, "MediaContentType0": {mime}}
	}
	ref := func(mime string) string {
		return `{"type":"mms","files":[{"url":"https://m.example/0","mime":"` + mime + `"}]}`
	}
	kinds := []bottest.Kind{
		inMessage("text", nil, spoke("tolong saya", "")),
		inMessage("an apostrophe and a plus", url.Values{"Body": {"rina's +62 & 100%"}}, spoke("rina's +62 & 100%", "")),
		inMessage("photo", file("image/jpeg"), sent(casefile.KindPhoto, ref("image/jpeg"))),
		inMessage("voice", file("audio/amr"), sent(casefile.KindVoice, ref("audio/amr"))),
		inMessage("video", file("video/3gpp"), sent(casefile.KindVideo, ref("video/3gpp"))),
		inMessage("contact", file("text/x-vcard"), sent(casefile.KindContact, ref("text/x-vcard"))),
		inMessage("document", file("application/pdf"), sent(casefile.KindDocument, ref("application/pdf"))),
		inMessage("two files", url.Values{"NumMedia": {"2"}, "MediaUrl0": {"https://m.example/0"}, "MediaUrl1": {"https://m.example/1"}, "MediaContentType0": {"image/png"}},
			sent(casefile.KindPhoto, `{"type":"mms","files":[{"url":"https://m.example/0","mime":"image/png"},{"url":"https://m.example/1"}]}`)),
		inMessage("files that are not there", url.Values{"NumMedia": {"1000000000"}}, sent(casefile.KindDocument, `{"type":"mms","files":[]}`)),
		inMessage("stop", url.Values{"Body": {" Stop "}}, spoke(" Stop ", "opted_out")),
		inMessage("stop in a sentence", url.Values{"Body": {"they won't stop"}}, spoke("they won't stop", "")),
		inMessage("a word of the operator's, cut by Twilio", url.Values{"Body": {"BERHENTI"}, "OptOutType": {"STOP"}}, spoke("BERHENTI", "opted_out")),
		inMessage("start", url.Values{"Body": {"start"}, "OptOutType": {"START"}}, spoke("start", "opted_in")),
		inMessage("yes", url.Values{"Body": {"YES"}}, spoke("YES", "opted_in")),
		inMessage("help", url.Values{"Body": {"HELP"}, "OptOutType": {"HELP"}}, spoke("HELP", "")),
		inMessage("a number written loosely", url.Values{"From": {" +62 812-3456-7890"}}, spoke("tolong saya", "")),
		inMessage("a short code", url.Values{"From": {"88123"}}, func(a *bot.Arrived) { a.From, a.Country = casefile.Hide("88123"), "" }),
		inMessage("a satellite phone", url.Values{"From": {"+881612345678"}}, func(a *bot.Arrived) { a.From, a.Country = casefile.Hide("+881612345678"), "" }),
		inMessage("a number of Myanmar", url.Values{"From": {"+959421234567"}}, func(a *bot.Arrived) { a.From, a.Country = casefile.Hide("+959421234567"), "MM" }),
		inMessage("a company's name", url.Values{"From": {"TELKOMSEL"}}, func(a *bot.Arrived) { a.From, a.Country = casefile.Hide("TELKOMSEL"), "" }),
	}
	// Twilio signs each different value of a repeated key, sorted.
	twice := inMessage("a body given twice", url.Values{"Body": {"satu", "dua", "satu"}}, spoke("satu", ""))
	sorted := signedBy(testToken, message(url.Values{"Body": {"dua", "satu"}}))
	twice.Delivery.Header = sorted.Header
	kinds = append(kinds, twice)
	for _, word := range []string{"STOPALL", "unsubscribe", "Cancel", "END", "quit", "REVOKE", "OPTOUT"} {
		kinds = append(kinds, inMessage("word "+word, url.Values{"Body": {word}}, spoke(word, "opted_out")))
	}
	return kinds
}

func statusKinds() []bottest.Kind {
	kind := func(status, code string, outcome bot.Outcome, class string) bottest.Kind {
		form := url.Values{"MessageSid": {testSID}, "MessageStatus": {status}, "SmsStatus": {status}, "To": {testNumber}, "From": {testFrom}, "AccountSid": {testAccount}}
		if code != "" {
			form.Set("ErrorCode", code)
		}
		return bottest.Kind{Name: "status " + status + " " + code, Delivery: statusBy(testToken, form), Want: bot.Arrived{
			ProviderID: testSID + ":" + status, Kind: casefile.KindStatus, MessageRef: testSID,
			Status: bot.Status{MessageRef: testSID, Outcome: outcome, Class: class},
		}}
	}
	return []bottest.Kind{
		kind("queued", "", bot.Sent, "queued"), kind("sent", "", bot.Sent, "sent"), kind("delivered", "", bot.Delivered, "delivered"),
		kind("read", "", bot.Delivered, "read"),
		kind("undelivered", "30003", bot.Unreachable, "phone_off"), kind("undelivered", "30005", bot.Unreachable, "no_such_number"),
		kind("failed", "21610", bot.Unreachable, "opted_out"), kind("undelivered", "30008", bot.Refused, "carrier"),
		kind("failed", "30001", bot.Refused, "queue_full"), kind("failed", "30036", bot.Refused, "expired"),
		kind("undelivered", "30999", bot.Refused, "code_30999"), kind("undelivered", "x", bot.Refused, "undelivered"),
		kind("canceled", "", bot.Refused, "canceled"),
	}
}
