package main

import (
	"net/http"
	"time"

	"pulang/bot"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/console"
	"pulang/internal/signin"
	"pulang/internal/store"
	"pulang/locales"
)

// openConsole puts the staff pages together. frames is who may show them inside
// another page, as CSP has it; empty: nobody.
func openConsole(p *program, book *locales.Book, now func() time.Time, frames string) (http.Handler, error) {
	desk := cases.New(cases.Options{
		Store: p.store, Escalation: p.line.Escalation(), Book: book, Ear: p.ear, Now: now,
		OneSegment: oneSegment(p.channels), Addresses: typed(p.channels, p.settings.DefaultRegion),
		Phone: phoneOf(p.settings.DefaultRegion), Changed: p.line.Wake, // what staff wrote goes out at once
	})
	return console.New(console.Options{
		Cases: desk, SignIn: openSignIn(p.settings, p.store, now), Book: book, Now: now,
		Zone: time.Local, Log: p.log, PublicURL: p.settings.PublicURL, FrameAncestors: frames, Changed: p.line.Changed,
		Forget: p.forget,
	})
}

// phoneOf reads the number of a colleague as staff type it.
func phoneOf(region string) func(string) (casefile.Private, bool) {
	return func(typed string) (casefile.Private, bool) {
		number, err := phoneNumber(typed, region)
		return casefile.Hide(number), err == nil
	}
}

// openSignIn makes the door.
func openSignIn(s settings, db *store.Store, now func() time.Time) *signin.SignIn {
	return signin.New(signin.Options{Store: db, Now: now, PublicURL: s.PublicURL, OIDC: s.oidc()})
}

// oneSegment tells by its name whether a channel's texts travel as SMS.
func oneSegment(channels []bot.Channel) func(casefile.ChannelName) bool {
	return func(name casefile.ChannelName) bool {
		for _, c := range channels {
			if c.Name() == name {
				return c.Traits().OneSegment
			}
		}
		return false
	}
}

// typed says what a number or a chat that staff typed may mean, on every channel that
// has a word for it: one with a method Typed.
func typed(channels []bot.Channel, region string) func(string) []casefile.Address {
	return func(text string) (addresses []casefile.Address) {
		for _, c := range channels {
			reader, ok := c.(interface {
				Typed(text, region string) (casefile.Private, bool)
			})
			if !ok {
				continue
			}
			if id, ok := reader.Typed(text, region); ok {
				addresses = append(addresses, casefile.Address{Channel: c.Name(), ID: id})
			}
		}
		return addresses
	}
}
