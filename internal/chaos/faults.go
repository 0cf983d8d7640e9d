package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"syscall"
	"time"

	"github.com/Shopify/toxiproxy/v2"

	"pulang/internal/devstack"
	"pulang/internal/fakes"
)

// fault is one way in which the world goes wrong. Do begins it; it undoes itself when
// ctx ends, which is after the strike's time or when everything heals.
type fault struct {
	Name     string
	Min, Max time.Duration // how long it lasts
	Least    time.Duration // how long a run must be for it
	Do       func(ctx context.Context, h *house, s Strike)
}

const ms, sec = time.Millisecond, time.Second

// html is what a proxy before a provider says.
const html = "<html><body><h1>502 Bad Gateway</h1></body></html>"

// faults is every fault there is.
var faults = []fault{
	{"kill", 0, 0, 0, func(_ context.Context, h *house, s Strike) { h.at(s).kill() }},
	{"kill while it starts", 100 * ms, 400 * ms, 0, killTwice},
	{"kill all", 0, 0, 0, killAll},
	{"freeze", 500 * ms, 6 * sec, 0, freeze},
	{"freeze past the lease", 35 * sec, 50 * sec, 4 * time.Minute, freeze},
	{"Postgres cut, one process", 500 * ms, 4 * sec, 0, func(ctx context.Context, h *house, s Strike) { cut(ctx, h.at(s).postgres) }},
	{"Postgres cut", 500 * ms, 5 * sec, 0, func(ctx context.Context, h *house, _ Strike) { cut(ctx, h.postgres()...) }},
	{"Postgres away for long", 20 * sec, 40 * sec, 4 * time.Minute, func(ctx context.Context, h *house, _ Strike) { cut(ctx, h.postgres()...) }},
	{"Postgres slow", sec, 4 * sec, 0, func(ctx context.Context, h *house, s Strike) {
		poison(ctx, h.postgres(), "latency", map[string]any{"latency": 20 * s.N, "jitter": 100})
	}},
	{"Postgres hangs", sec, 4 * sec, 0, func(ctx context.Context, h *house, _ Strike) {
		poison(ctx, h.postgres(), "timeout", map[string]any{"timeout": 0})
	}},
	{"Postgres's answers break off", sec, 3 * sec, 0, func(ctx context.Context, h *house, s Strike) {
		poison(ctx, h.postgres(), "limit_data", map[string]any{"bytes": 700 * s.N})
	}},
	{"requests to Postgres break off", sec, 3 * sec, 0, func(ctx context.Context, h *house, s Strike) {
		poisonUp(ctx, h.postgres(), "limit_data", map[string]any{"bytes": 1500 * s.N})
	}},
	{"Redis cut", 500 * ms, 5 * sec, 0, func(ctx context.Context, h *house, _ Strike) { cut(ctx, h.redis()...) }},
	{"Redis emptied", sec, sec, 0, func(ctx context.Context, h *house, _ Strike) { _ = devstack.EmptyRedis(ctx, h.redisURL) }},
	{"Redis slow", sec, 4 * sec, 0, func(ctx context.Context, h *house, s Strike) {
		poison(ctx, h.redis(), "latency", map[string]any{"latency": 30 * s.N})
	}},
	{"provider: 429 with a time", 0, 0, 0, fails(fakes.Fault{Status: 429, RetryAfter: 1})},
	{"provider: 429", 0, 0, 0, fails(fakes.Fault{Status: 429})},
	{"provider: 500", 0, 0, 0, fails(fakes.Fault{Status: 500})},
	{"provider: HTML", 0, 0, 0, fails(fakes.Fault{Status: 502, Body: html})},
	{"provider: 200 and HTML", 0, 0, 0, fails(fakes.Fault{Status: 200, Body: html})},
	{"provider hangs", 0, 0, 0, fails(fakes.Fault{Hang: 3 * sec})},
	{"provider cuts off before accepting", 0, 0, 0, fails(fakes.Fault{ResetBeforeAccepting: true})},
	{"provider cuts off after accepting", 0, 0, 0, fails(fakes.Fault{ResetAfterAccepting: true})},
	{"provider accepts, hangs, cuts off", 0, 0, 0, fails(fakes.Fault{ResetAfterAccepting: true, Hang: sec})},
	{"webhooks twice", 2 * sec, 6 * sec, 0, twice},
	{"webhooks late and backwards", 500 * ms, 3 * sec, 0, backwards},
	{"answers to webhooks lost", 0, 0, 0, func(_ context.Context, h *house, s Strike) { h.front.lose(s.N) }},
}

// strike lets a fault happen and waits for its end.
func (h *house) strike(ctx context.Context, s Strike) {
	i := slices.IndexFunc(faults, func(f fault) bool { return f.Name == s.Fault })
	ctx, cancel := context.WithTimeout(ctx, s.For)
	defer cancel()
	faults[i].Do(ctx, h, s)
}

// at is the process a strike is meant for.
func (h *house) at(s Strike) *process { return h.processes[s.Process%len(h.processes)] }

func (h *house) postgres() (all []*toxiproxy.Proxy) {
	for _, p := range h.processes {
		all = append(all, p.postgres)
	}
	return all
}

func (h *house) redis() (all []*toxiproxy.Proxy) {
	for _, p := range h.processes {
		all = append(all, p.redis)
	}
	return all
}

// killTwice kills a process, and again while the next one starts.
func killTwice(ctx context.Context, h *house, s Strike) {
	h.at(s).kill()
	<-ctx.Done()
	h.at(s).kill()
}

func killAll(_ context.Context, h *house, _ Strike) {
	for _, p := range h.processes {
		p.kill()
	}
}

// freeze stops a process as a machine that swaps does: it finds itself later.
func freeze(ctx context.Context, h *house, s Strike) {
	thaw := h.at(s).signal(syscall.SIGSTOP)
	<-ctx.Done()
	thaw(syscall.SIGCONT)
}

// cut closes every connection and refuses new ones.
func cut(ctx context.Context, proxies ...*toxiproxy.Proxy) {
	for _, p := range proxies {
		p.Stop()
	}
	<-ctx.Done()
	for _, p := range proxies {
		_ = p.Start() // it runs already when two cuts overlapped
	}
}

func poison(ctx context.Context, proxies []*toxiproxy.Proxy, kind string, attributes map[string]any) {
	poisonStream(ctx, proxies, kind, "downstream", attributes)
}

func poisonUp(ctx context.Context, proxies []*toxiproxy.Proxy, kind string, attributes map[string]any) {
	poisonStream(ctx, proxies, kind, "upstream", attributes)
}

// poisonStream adds a toxic for a while.
func poisonStream(ctx context.Context, proxies []*toxiproxy.Proxy, kind, stream string, attributes map[string]any) {
	name := fmt.Sprintf("%s_%p", kind, ctx)
	body, err := json.Marshal(map[string]any{"name": name, "type": kind, "stream": stream, "attributes": attributes})
	if err != nil {
		panic("chaos: " + err.Error()) // our own maps always marshal
	}
	for _, p := range proxies {
		_, _ = p.Toxics.AddToxicJson(bytes.NewReader(body))
	}
	<-ctx.Done()
	for _, p := range proxies {
		_ = p.Toxics.RemoveToxic(context.WithoutCancel(ctx), name)
	}
}

// fails makes the next calls of one provider go wrong.
func fails(f fakes.Fault) func(context.Context, *house, Strike) {
	return func(_ context.Context, h *house, s Strike) {
		if s.Process%2 == 0 {
			h.telegram.Fail(s.N, f)
		} else {
			h.twilio.Fail(s.N, f)
		}
	}
}

// twice delivers each webhook twice, at once and once more afterwards.
func twice(ctx context.Context, h *house, _ Strike) {
	h.telegram.Redeliver(true, true)
	h.twilio.Redeliver(true, true)
	<-ctx.Done()
	h.telegram.Redeliver(false, false)
	h.twilio.Redeliver(false, false)
}

// backwards holds webhooks back and delivers the newest first: messages, presses and
// the carriers' word on ours.
func backwards(ctx context.Context, h *house, _ Strike) {
	h.telegram.Hold()
	h.twilio.Hold()
	<-ctx.Done()
	h.telegram.Release(slices.Reverse[[]fakes.Delivery])
	h.twilio.Release(slices.Reverse[[]fakes.Delivery])
}
