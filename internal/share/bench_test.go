package share

import (
	"context"
	"io"
	"runtime"
	"testing"

	"insyn/internal/dossier"
)

// BenchmarkArtefact stores and renders a dossier of 20,000 entries; heap-MB shows that nothing keeps the whole.
func BenchmarkArtefact(b *testing.B) {
	w := newWorld(b)
	const entries = 20_000
	b.Run("store", func(b *testing.B) {
		for b.Loop() {
			w.link(LevelCode, fillWith("Anna Provberg", entries))
		}
		b.ReportMetric(float64(entries*b.N)/b.Elapsed().Seconds(), "records/s")
	})
	id, token := w.link(LevelCode, fillWith("Anna Provberg", entries))
	for name, write := range map[string]func(dossier.Printer, *dossier.Reader) error{
		"csv":  func(p dossier.Printer, r *dossier.Reader) error { return p.CSV(io.Discard, r) },
		"json": func(_ dossier.Printer, r *dossier.Reader) error { return r.JSON(io.Discard) },
		"zip":  func(p dossier.Printer, r *dossier.Reader) error { return p.ZIP(io.Discard, r) },
		"page": func(_ dossier.Printer, r *dossier.Reader) error {
			for _, err := range r.Records("crm.history", entries-pageEntries, pageEntries) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	} {
		b.Run(name, func(b *testing.B) {
			p := testPrinter(b)
			for b.Loop() {
				r, err := Open(context.Background(), w.db, id, token)
				if err != nil {
					b.Fatal(err)
				}
				if err := write(p, r); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapSys)/(1<<20), "heap-MB")
		})
	}
}
