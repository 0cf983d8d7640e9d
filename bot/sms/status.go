package sms

import (
	"net/url"
	"strconv"

	"pulang/bot"
	"pulang/internal/casefile"
)

// fates are Twilio's words for where a message is, in ours.
var fates = map[string]bot.Outcome{
	"accepted": bot.Sent, "scheduled": bot.Sent, "queued": bot.Sent, "sending": bot.Sent, "sent": bot.Sent,
	"delivered": bot.Delivered, "read": bot.Delivered,
	"undelivered": bot.Refused, "failed": bot.Refused, "canceled": bot.Refused,
}

// ending is how Twilio's error code ends a message, in our words.
type ending struct {
	outcome bot.Outcome
	class   string
}

// codes are the error codes that mean more than "refused": at sending, or
// later in a status.
var codes = map[int]ending{
	20429: {bot.Slow, "too_many"},
	21611: {bot.Slow, "queue_full"},
	30001: {bot.Slow, "queue_full"},
	21610: {bot.Unreachable, "opted_out"},
	21211: {bot.Unreachable, "no_such_number"},
	21217: {bot.Unreachable, "no_such_number"},
	21614: {bot.Unreachable, "not_mobile"},
	21612: {bot.Unreachable, "no_route"},
	21408: {bot.Unreachable, "country_not_enabled"},
	21215: {bot.Unreachable, "country_not_enabled"},
	21608: {bot.Unreachable, "trial_account"},
	30003: {bot.Unreachable, "phone_off"},
	30004: {bot.Unreachable, "blocked"},
	30005: {bot.Unreachable, "no_such_number"},
	30006: {bot.Unreachable, "not_mobile"},
	21617: {bot.Refused, "too_long"},
	21602: {bot.Refused, "empty"},
	30007: {bot.Refused, "filtered"},
	30008: {bot.Refused, "carrier"},
	30036: {bot.Refused, "expired"},
	20003: {bot.Retry, "token"},
	20005: {bot.Retry, "account"},
}

// readStatus has an answer for every form. The status is part of the delivery's
// name: a message has several, and each may be repeated.
func readStatus(form url.Values, body []byte) bot.Arrived {
	sid, status := form.Get("MessageSid"), form.Get("MessageStatus")
	if !sidForm.MatchString(sid) {
		return unreadable(body)
	}
	outcome, known := fates[status]
	if !known {
		a := unreadable(body)
		a.Kind, a.MessageRef = casefile.KindUnknown, sid
		return a
	}
	word := bot.Status{MessageRef: sid, Outcome: outcome, Class: status}
	if outcome == bot.Refused {
		word.Outcome, word.Class = failure(form.Get("ErrorCode"), status)
	}
	return bot.Arrived{
		Channel: Name, Kind: casefile.KindStatus, ProviderID: sid + ":" + status,
		MessageRef: sid, Status: word, Raw: casefile.Hide(string(body)),
	}
}

// failure is why a message did not arrive. Twilio is done with it by then, so
// that nothing here asks for patience.
func failure(errorCode, status string) (bot.Outcome, string) {
	code, err := strconv.Atoi(errorCode)
	if err != nil || code == 0 {
		return bot.Refused, status
	}
	end, known := codes[code]
	if !known {
		return bot.Refused, "code_" + strconv.Itoa(code)
	}
	if end.outcome != bot.Unreachable {
		end.outcome = bot.Refused
	}
	return end.outcome, end.class
}
