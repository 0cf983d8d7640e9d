package main

import (
	"pulang/bot"
	"pulang/bot/sms"
	"pulang/bot/telegram"
)

// channel is one way to reach people, as the settings see it.
type channel struct {
	name  string                              // for the operator
	given func(settings) bool                 // some setting of it is there
	needs func(settings) []string             // the settings it cannot do without
	open  func(settings) (bot.Channel, error) // makes no connection
}

// channels are all channels: one line each.
var channels = []channel{
	{"Telegram", func(s settings) bool { return s.telegram().Given() }, telegramNeeds, func(s settings) (bot.Channel, error) { return telegram.Open(s.telegram()) }},
	{"Twilio", func(s settings) bool { return s.twilio().Given() }, twilioNeeds, func(s settings) (bot.Channel, error) { return sms.Open(s.twilio()) }},
}

// telegramNeeds: whoever is called must know that the caller is Telegram.
func telegramNeeds(s settings) []string {
	if s.polling() {
		return []string{"TELEGRAM_BOT_TOKEN"}
	}
	return []string{"TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"}
}

func twilioNeeds(settings) []string {
	return []string{"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"}
}
