package bot

import "github.com/prometheus/client_golang/prometheus"

// metrics are counts only: no label names a person, a case or a text.
type metrics struct {
	webhooks   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	failures   *prometheus.CounterVec
	items      *prometheus.CounterVec
	repeated   prometheus.Counter
	turns      prometheus.Counter
	spellings  prometheus.Gauge
}

// newMetrics makes the metrics, and registers them when there is a registry.
func newMetrics(registry prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		webhooks:   counter("pulang_webhooks_total", "Webhooks by channel and what became of them.", "channel", "result"),
		deliveries: counter("pulang_deliveries_total", "Messages handed to providers by channel and outcome.", "channel", "outcome"),
		failures:   counter("pulang_loop_failures_total", "Passes of a loop that failed and are tried again.", "loop"),
		items:      counter("pulang_item_failures_total", "Single people, watches and escalations a loop failed at; the others went on.", "loop"),
		repeated:   prometheus.NewCounter(prometheus.CounterOpts{Name: "pulang_repeated_total", Help: "Deliveries a provider repeated; they change nothing."}),
		turns:      prometheus.NewCounter(prometheus.CounterOpts{Name: "pulang_turns_total", Help: "Turns committed."}),
		spellings:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "pulang_place_spellings", Help: "Spellings of places that staff added, as this process hears them."}),
	}
	if registry != nil {
		registry.MustRegister(m.webhooks, m.deliveries, m.failures, m.items, m.repeated, m.turns, m.spellings)
	}
	return m
}

// watchMetrics are what the watchdog saw at its last look.
type watchMetrics struct {
	unanswered, undelivered, unclimbed, unwatched, away prometheus.Gauge
	spoolMessages, spoolBytes, spoolOldest, spoolAside  prometheus.Gauge
	setAside, alarms, damaged                           prometheus.Gauge
}

// newWatchMetrics makes the gauges, and registers them when there is a registry.
func newWatchMetrics(registry prometheus.Registerer) watchMetrics {
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		if registry != nil {
			registry.MustRegister(g)
		}
		return g
	}
	return watchMetrics{
		unanswered:    gauge("pulang_oldest_unanswered_seconds", "How long the oldest message waits for its turn; 0: none waits."),
		undelivered:   gauge("pulang_oldest_undelivered_seconds", "How long the oldest letter waits to be sent; 0: none waits."),
		unclimbed:     gauge("pulang_oldest_unclimbed_seconds", "How long the next rung of an escalation is overdue; 0: none is."),
		unwatched:     gauge("pulang_oldest_unwatched_seconds", "How long a silence is overdue to be looked at; 0: none is."),
		away:          gauge("pulang_database_away_seconds", "How long the database has not answered this process; 0: it answers."),
		spoolMessages: gauge("pulang_spool_messages", "Messages in the spool of this process."),
		spoolBytes:    gauge("pulang_spool_bytes", "Bytes in the spool of this process."),
		spoolOldest:   gauge("pulang_spool_oldest_seconds", "How long the oldest message waits in the spool; 0: none waits."),
		spoolAside:    gauge("pulang_spool_aside", "Records of the spool that cannot be read, laid aside."),
		setAside:      gauge("pulang_set_aside_messages", "Messages whose turn kept failing, for staff to read."),
		alarms:        gauge("pulang_alarms", "Alarms that stand."),
		damaged:       gauge("pulang_damaged_conversations", "Conversations whose data key does not open."),
	}
}

// set shows what was seen. What only the database knows stays as it was while it is away.
func (m watchMetrics) set(s sight) {
	m.unanswered.Set(s.health.Unanswered.Seconds())
	m.undelivered.Set(s.health.Undelivered.Seconds())
	m.unclimbed.Set(s.health.Unclimbed.Seconds())
	m.unwatched.Set(s.health.Unwatched.Seconds())
	m.away.Set(s.away.Seconds())
	m.spoolMessages.Set(float64(s.waiting))
	m.spoolBytes.Set(float64(s.bytes))
	m.spoolOldest.Set(s.spooled.Seconds())
	m.spoolAside.Set(float64(s.aside))
	m.setAside.Set(float64(s.health.SetAside))
	m.alarms.Set(float64(s.health.Alarms))
	m.damaged.Set(float64(s.health.Damaged))
}
