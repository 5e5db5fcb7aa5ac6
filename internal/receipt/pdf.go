package receipt

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

// allPages stands for the number of pages until the last one is written.
const allPages = "{pages}"

const (
	margin    = 18.0 // mm
	lineHigh  = 5.0
	fontSize  = 9.5
	labelWide = 52.0
)

// printer writes a page as PDF: A4, one column, black on white. The Go fonts (BSD licence) are embedded as the letters
// that are used, so that å reads the same everywhere.
type printer struct {
	*fpdf.Fpdf
	wide float64
}

// PDF writes the page. at is the time that the file says it was made: that of the receipt, not of the download.
func (p Page) PDF(to io.Writer, at time.Time) error {
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes("go", "", goregular.TTF)
	f.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	f.AddUTF8FontFromBytes("mono", "", gomono.TTF)
	f.SetTitle(p.Title, true)
	f.SetLang(p.Lang)
	f.SetCreator("Insyn", true)
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(true, margin+4)
	f.AliasNbPages(allPages)
	width, _ := f.GetPageSize()
	d := &printer{Fpdf: f, wide: width - 2*margin}
	f.SetFooterFunc(func() {
		f.SetY(-margin + 2)
		f.SetFont("go", "", 8)
		f.SetTextColor(90, 90, 90)
		f.CellFormat(d.wide, 4, p.footer(strconv.Itoa(f.PageNo())), "", 0, "L", false, 0, "")
		f.SetTextColor(0, 0, 0)
	})
	f.AddPage()
	f.SetFont("go", "B", 17)
	f.MultiCell(d.wide, 8, p.Title, "", "L", false)
	f.Ln(1)
	d.sentence(p.Lead)
	if p.Verdict != "" {
		f.SetFont("go", "B", fontSize+1)
		f.SetFillColor(238, 244, 240)
		f.MultiCell(d.wide, lineHigh+3, p.Verdict, "", "L", true)
		f.Ln(1)
	}
	for _, part := range p.Parts {
		d.part(part)
	}
	if err := f.Output(to); err != nil {
		return fmt.Errorf("write the receipt as PDF: %w", err)
	}
	return nil
}

func (d *printer) part(p Part) {
	d.room(24) // no heading alone at the foot of a page
	d.Ln(3)
	d.SetFont("go", "B", 12)
	d.MultiCell(d.wide, 6.5, p.Title, "", "L", false)
	d.Ln(0.5)
	for _, s := range p.Text {
		d.sentence(s)
	}
	for _, f := range p.Facts {
		d.fact(f)
	}
	if p.Table != nil {
		d.table(p.Table)
	}
}

func (d *printer) sentence(s string) {
	d.SetFont("go", "", fontSize)
	d.MultiCell(d.wide, lineHigh, s, "", "L", false)
	d.Ln(1)
}

func (d *printer) fact(f Fact) {
	font, size := "go", fontSize
	if f.Code {
		font, size = "mono", 7.5
	}
	d.SetFont(font, "", size)
	lines := d.lines(f.Value, d.wide-labelWide)
	d.room(float64(len(lines)) * lineHigh)
	d.SetFont("go", "", fontSize)
	d.SetTextColor(90, 90, 90)
	d.CellFormat(labelWide, lineHigh, f.Label, "", 0, "L", false, 0, "")
	d.SetTextColor(0, 0, 0)
	d.SetFont(font, "", size)
	for i, line := range lines {
		if i > 0 {
			d.SetX(margin + labelWide)
		}
		d.CellFormat(d.wide-labelWide, lineHigh, line, "", 1, "L", false, 0, "")
	}
}

// table writes rows whose cells wrap; the numbers of the last column stand at the right.
func (d *printer) table(t *Table) {
	widths := d.widths(t)
	d.Ln(1)
	d.row(t, t.Head, widths, "B")
	for _, r := range t.Rows {
		d.row(t, r, widths, "")
	}
	d.Ln(1)
}

func (d *printer) widths(t *Table) []float64 {
	const number = 20.0
	n := len(t.Head)
	shares := map[int][]float64{2: {1, 0}, 3: {0.55, 0.45, 0}, 4: {0.24, 0.5, 0.26, 0}}[n]
	out := make([]float64, n)
	for i := range out {
		if i == n-1 && t.Counts {
			out[i] = number
			continue
		}
		out[i] = (d.wide - number) * shares[i]
	}
	return out
}

func (d *printer) row(t *Table, cells []string, widths []float64, style string) {
	d.SetFont("go", style, fontSize)
	texts := make([][]string, len(cells))
	high := 1
	for i, c := range cells {
		texts[i] = d.lines(c, widths[i]-2)
		high = max(high, len(texts[i]))
	}
	tall := float64(high)*lineHigh + 1.4
	if d.room(tall) && style == "" {
		d.row(t, t.Head, widths, "B")
		d.SetFont("go", "", fontSize)
	}
	x, y := d.GetXY()
	for i, lines := range texts {
		align := "L"
		if i == len(texts)-1 && t.Counts {
			align = "R"
		}
		for j, line := range lines {
			d.SetXY(x, y+0.7+float64(j)*lineHigh)
			d.CellFormat(widths[i], lineHigh, line, "", 0, align, false, 0, "")
		}
		x += widths[i]
	}
	d.SetDrawColor(200, 200, 200)
	d.Line(margin, y+tall, margin+d.wide, y+tall)
	d.SetXY(margin, y+tall)
}

// lines breaks a text at its spaces, and a word that is wider than the column within.
func (d *printer) lines(s string, wide float64) []string {
	if s == "" {
		return []string{""}
	}
	return d.SplitText(s, wide)
}

// room begins a new page unless so much is left of this one.
func (d *printer) room(tall float64) bool {
	_, high := d.GetPageSize()
	_, bottom := d.GetAutoPageBreak()
	if d.GetY()+tall <= high-bottom {
		return false
	}
	d.AddPage()
	return true
}
