package bot

import "github.com/prometheus/client_golang/prometheus"

// metrics are counts only: no label names a person, a case or a text.
type metrics struct {
	webhooks   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	failures   *prometheus.CounterVec
	repeated   prometheus.Counter
	turns      prometheus.Counter
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
		repeated:   prometheus.NewCounter(prometheus.CounterOpts{Name: "pulang_repeated_total", Help: "Deliveries a provider repeated; they change nothing."}),
		turns:      prometheus.NewCounter(prometheus.CounterOpts{Name: "pulang_turns_total", Help: "Turns committed."}),
	}
	if registry != nil {
		registry.MustRegister(m.webhooks, m.deliveries, m.failures, m.repeated, m.turns)
	}
	return m
}
