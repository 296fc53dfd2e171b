package reports

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-analyze/charts"
)

// Sizes of PNG pictures, in pixels.
const (
	imageWidth  = 1000
	imageHeight = 380
	imageBar    = 24  // of one bar
	imagePoints = 600 // of one line; more are added up by twos, threes …
)

// errNoImage says that a kind of chart has no PNG.
var errNoImage = errors.New("no such picture")

// Images writes every chart of the report into a folder, which is made where it is missing: ID.svg, as the page shows it, and for bars, lines and
// heat maps ID.png, for mail and chat. PNGs are titled in English; their font has Latin, Greek and Cyrillic letters.
func (r *Report) Images(dir string, look Look) error {
	w, err := languageOf(look.Language)
	if err != nil {
		return fmt.Errorf("write images: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write images: %w", err)
	}
	m, err := newMaker(r, w)
	if err != nil {
		return fmt.Errorf("write images: %w", err)
	}
	for _, s := range r.Sections {
		for i := range s.Blocks {
			if p := m.drawn[&s.Blocks[i]]; p != nil {
				if err := writeImages(dir, &s.Blocks[i], p); err != nil {
					return fmt.Errorf("write images of %s: %w", s.Blocks[i].ID(), err)
				}
			}
		}
	}
	return nil
}

func writeImages(dir string, b *Block, p *plot) error {
	ground := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" font-family="%s" `, "sans-serif")
	svg := strings.Replace(string(p.SVG), "<svg ", ground, 1)
	if err := os.WriteFile(filepath.Join(dir, b.ID()+".svg"), []byte(svg), 0o644); err != nil {
		return err
	}
	png, err := paint(b, p.drawing)
	if errors.Is(err, errNoImage) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, b.ID()+".png"), png, 0o644)
}

// paint makes the PNG of a chart.
func paint(b *Block, d *drawing) ([]byte, error) {
	title := charts.TitleOption{Text: cellText(english, b.Title, b.Table.Columns[0])}
	switch b.Chart.Type {
	case "bar":
		return paintBars(b, title)
	case "line":
		return paintLine(b, title)
	case "heat":
		return paintHeat(d, title)
	}
	return nil, errNoImage
}

func canvas(height int) *charts.Painter {
	return charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: imageWidth, Height: height})
}

var padding = charts.NewBoxEqual(20)

func paintBars(b *Block, title charts.TitleOption) ([]byte, error) {
	x, y := columnIndex(b.Table, b.Chart.X), columnIndex(b.Table, b.Chart.Y)
	rows := b.Table.Rows[:min(len(b.Table.Rows), maxBars)]
	values, labels := []float64{}, []string{}
	for i := len(rows) - 1; i >= 0; i-- { // from below
		n := amount(rows[i][y])
		if math.IsNaN(n) || math.IsInf(n, 0) {
			n = 0
		}
		others := b.Table.Others > 0 && i == len(b.Table.Rows)-1
		values, labels = append(values, n), append(labels, cut(barLabel(english, rows[i][x], b.Table.Columns[x], others), labelCells+4))
	}
	unit := unitOf(b.Chart.Y)
	format := func(f float64) string { return human(f, unit) }
	o := charts.NewBarChartOptionWithData([][]float64{values})
	o.Horizontal, o.Title, o.Padding, o.ValueFormatter = true, title, padding, format
	o.CategoryAxis = charts.CategoryAxisOption{Labels: labels, LabelCount: len(labels)}
	o.Legend.Show = charts.Ptr(false)
	p := canvas(len(labels)*imageBar + 110)
	if err := p.BarChart(o); err != nil {
		return nil, err
	}
	return p.Bytes()
}

func paintLine(b *Block, title charts.TitleOption) ([]byte, error) {
	x, y := columnIndex(b.Table, b.Chart.X), columnIndex(b.Table, b.Chart.Y)
	lines, _ := (&drawing{}).collect(english, b.Chart, b.Table, nil)
	names, data, labels := []string{}, [][]float64{}, []string{}
	for _, line := range lines {
		step := (len(line.points) + imagePoints - 1) / imagePoints
		var values []float64
		for i, point := range line.points {
			n, ok := point.([]any)[1].(float64)
			if !ok {
				n = 0
			}
			if i%step == 0 {
				values = append(values, n)
				if len(data) == 0 {
					labels = append(labels, imageLabel(point.([]any)[0], b.Table.Columns[x].Type))
				}
			} else {
				values[len(values)-1] += n
			}
		}
		names, data = append(names, line.name), append(data, values)
	}
	for i := range data { // lines of one length
		for len(data[i]) < len(labels) {
			data[i] = append(data[i], charts.GetNullValue())
		}
		data[i] = data[i][:len(labels)]
	}
	unit := unitOf(b.Table.Columns[y].Name)
	o := charts.NewLineChartOptionWithData(data)
	o.Title, o.Padding, o.ValueFormatter, o.Symbol.Shape = title, padding, func(f float64) string { return human(f, unit) }, charts.SymbolNone
	o.XAxis.Labels, o.XAxis.LabelCount = labels, 8
	o.Legend.SeriesNames, o.Legend.Show = names, charts.Ptr(len(names) > 1)
	p := canvas(imageHeight)
	if err := p.LineChart(o); err != nil {
		return nil, err
	}
	return p.Bytes()
}

// imageLabel is a place of the x axis as text.
func imageLabel(at any, typ string) string {
	if ms, ok := at.(float64); ok && strings.HasPrefix(typ, "TIMESTAMP") {
		return time.UnixMicro(int64(ms * 1000)).UTC().Format("01-02 15:04:05")
	}
	return fmt.Sprint(at)
}

func paintHeat(d *drawing, title charts.TitleOption) ([]byte, error) {
	days, _ := d.option["yAxis"].(object)["data"].([]string)
	hours, _ := d.option["xAxis"].(object)["data"].([]string)
	values := make([][]float64, len(days))
	for i := range values {
		values[i] = make([]float64, len(hours))
	}
	series, _ := d.option["series"].([]any)[0].(object)
	for _, item := range series["data"].([]any) {
		at := item.(object)["value"].([]any)
		values[at[1].(int)][at[0].(int)] = at[2].(float64)
	}
	o := charts.NewHeatMapOptionWithData(values)
	o.Title, o.Padding = title, padding
	o.XAxis.Labels, o.YAxis.Labels = hours, days
	p := canvas(len(days)*imageBar + 120)
	if err := p.HeatMapChart(o); err != nil {
		return nil, err
	}
	return p.Bytes()
}
