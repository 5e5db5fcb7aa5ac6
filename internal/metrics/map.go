package metrics

import "github.com/prometheus/client_golang/prometheus"

// MapProblems registers how many problems the last look at each source found, by severity: error (nothing runs), erase (no
// erasure runs) and warning. read is called at each scrape.
func MapProblems(r *prometheus.Registry, read func(emit func(source, severity string, n int))) {
	r.MustRegister(&mapProblems{
		desc: prometheus.NewDesc("insyn_map_problems", "What keeps a source from being the one that was accepted, by severity.", []string{"source", "severity"}, nil),
		read: read,
	})
}

type mapProblems struct {
	desc *prometheus.Desc
	read func(emit func(source, severity string, n int))
}

// Describe names the series.
func (m *mapProblems) Describe(out chan<- *prometheus.Desc) { out <- m.desc }

// Collect asks for the counts.
func (m *mapProblems) Collect(out chan<- prometheus.Metric) {
	m.read(func(source, severity string, n int) {
		out <- prometheus.MustNewConstMetric(m.desc, prometheus.GaugeValue, float64(n), source, severity)
	})
}
