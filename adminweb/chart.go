package adminweb

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"

	"insyn/internal/dsar"
	"insyn/internal/request"
)

// chartBox is a picture with the same numbers as a table.
type chartBox struct {
	Name, Title string
	Head        [2]string
	Rows        [][2]string
	Sum         string // one sentence
}

func (v *visit) charts(t request.Today) []chartBox {
	week := chartBox{Name: "received", Head: [2]string{v.T("admin.chart.week"), v.T("admin.chart.count")}}
	sum := 0
	for _, x := range t.Received {
		week.Rows = append(week.Rows, [2]string{v.week(x), v.n(x.Count)})
		sum += x.Count
	}
	week.Sum = v.plural("admin.chart.received_sum", sum)
	time := chartBox{Name: "in-time", Head: [2]string{v.T("admin.chart.month"), v.T("admin.chart.in_time")}}
	closed, inTime := 0, 0
	for _, x := range t.InTime {
		time.Rows = append(time.Rows, [2]string{v.month(x), v.text("admin.chart.of", "in_time", x.InTime, "closed", x.Closed)})
		closed, inTime = closed+x.Closed, inTime+x.InTime
	}
	time.Sum = v.text("admin.chart.in_time_sum", "in_time", inTime, "closed", closed)
	age := chartBox{Name: "age", Head: [2]string{v.T("admin.chart.age"), v.T("admin.chart.count")}}
	open := 0
	for _, x := range t.OpenByAge {
		age.Rows = append(age.Rows, [2]string{v.age(x) + " " + v.T("admin.chart.days"), v.n(x.Count)})
		open += x.Count
	}
	age.Sum = v.plural("admin.chart.open_sum", open)
	boxes := []chartBox{week, time, age}
	for i := range boxes {
		boxes[i].Title = v.T("admin.chart.title." + boxes[i].Name)
	}
	return boxes
}

func (v *visit) week(w request.Week) string {
	_, n := w.Start.ISOWeek()
	return v.T("admin.chart.w") + strconv.Itoa(n)
}

func (v *visit) month(m request.Month) string {
	name := dsar.Date{Year: m.Start.UTC().Year(), Month: m.Start.UTC().Month(), Day: 1}.In(v.Lang)
	return strings.Fields(name)[1][:3]
}

func (v *visit) age(a request.Age) string {
	if a.To == 0 {
		return strconv.Itoa(a.From) + "+"
	}
	return strconv.Itoa(a.From) + "–" + strconv.Itoa(a.To-1)
}

// chart draws one of today's charts. It needs no script, and its own policy, since the drawing carries inline style.
func (s *site) chart(w http.ResponseWriter, v *visit) error {
	t, err := s.Store.Today(v.Context())
	if err != nil {
		return err
	}
	var labels []string
	var series [][]float64
	switch v.PathValue("name") {
	case "received.svg":
		series = make([][]float64, 1)
		for _, x := range t.Received {
			labels, series[0] = append(labels, v.week(x)), append(series[0], float64(x.Count))
		}
	case "in-time.svg":
		series = make([][]float64, 2)
		for _, x := range t.InTime {
			labels = append(labels, v.month(x))
			series[0], series[1] = append(series[0], float64(x.InTime)), append(series[1], float64(x.Closed-x.InTime))
		}
	case "age.svg":
		series = make([][]float64, 1)
		for _, x := range t.OpenByAge {
			labels, series[0] = append(labels, v.age(x)), append(series[0], float64(x.Count))
		}
	default:
		return dsar.ErrNotFound
	}
	svg, err := bars(labels, series)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = w.Write(svg)
	return nil
}

// bars draws columns, stacked where there are two series: in time below, late above.
func bars(labels []string, series [][]float64) ([]byte, error) {
	opt := charts.NewBarChartOptionWithData(series)
	grey := charts.ColorRGB(128, 138, 135) // readable on a light and on a dark page
	opt.Theme = charts.GetTheme(charts.ThemeLight).
		WithBackgroundColor(charts.ColorTransparent).
		WithTextColor(grey).
		WithXAxisColor(grey).
		WithYAxisColor(grey).
		WithAxisSplitLineColor(charts.ColorRGB(128, 138, 135).WithAlpha(60)).
		WithSeriesColors([]charts.Color{charts.ColorRGB(30, 140, 134), charts.ColorRGB(200, 70, 60)})
	opt.StackSeries = charts.Ptr(len(series) > 1)
	opt.CategoryAxis.Labels = labels
	if len(labels) > 6 { // all of them would not fit
		opt.CategoryAxis.LabelCount = len(labels) / 2
	}
	most := 0.0
	for i := range labels {
		sum := 0.0
		for _, s := range series {
			sum += s[i]
		}
		most = max(most, sum)
	}
	opt.ValueFormatter = func(f float64) string {
		if f != float64(int(f)) {
			return ""
		}
		return fmt.Sprint(int(f))
	}
	if len(opt.ValueAxis) > 0 {
		opt.ValueAxis[0].Min = charts.Ptr(0.0)
		opt.ValueAxis[0].Max = charts.Ptr(max(most, 4))
		opt.ValueAxis[0].LabelCount = 5
	}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: 480, Height: 220})
	if err := p.BarChart(opt); err != nil {
		return nil, fmt.Errorf("draw a chart: %w", err)
	}
	return p.Bytes()
}
