// Package bot is the line: what happens between a person's message and the reply.
//
//	Webhook  ->  Inbox  ->  Turn  ->  Outbox  ->  Delivery
//
// webhook.go   proves who calls, caps the body, lets the channel parse it
// inbox.go     stores each delivery once; knows staff from persons; sealed from the first row
// turn.go      takes all waiting messages of each person: hears, steps, judges
// write.go     commits it: messages, facts, case, alerts, replies, checkpoint; then the 200
// depart.go    lets a reply leave with its turn, when nothing goes ahead of it
// watches.go   looks at a conversation again when its person falls silent
// delivery.go  takes what is to be said from each channel's runway (runway.go) and hands it to the provider
// prepare.go   claims it, asks the gate once more, opens it; alerts.go tells many alerts together
// settle.go    writes down how that ended, and does what the ending asks for
// staff.go     what staff write by text or button: OK, ON, OFF, LINK; the alarm past the outbox
// words.go     renders replies and alerts from locales
// alone.go     does many things one by one, so that one that fails stands in nobody's way
// media.go     fetches what people sent, away from every turn, and keeps the original sealed
// watchdog.go  looks whether anybody waits too long; phone.go tells whoever must know
// line.go      wires it, starts and stops the loops; metrics.go counts
// spool.go     keeps what nobody repeats while the database is away, and takes it up again
// outage.go    tells people once, from memory, that nothing can be stored now
// channel.go   the contract of bot/telegram and bot/sms; trip.go tells them how a call ended
//
// It promises that nothing is answered 200 before it is committed or on the disk, that a repeated
// delivery changes nothing, and that an alert is a row in the commit that recorded
// the danger. It leaves deciding to flows and escalation, SQL to store, Redis to
// session, and providers to bot/telegram and bot/sms.
package bot
