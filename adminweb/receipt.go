package adminweb

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"insyn/internal/dsar"
	"insyn/internal/receipt"
	"insyn/internal/request"
)

// receiptPage is the receipt of an erasure as it was signed, or what there is of it before.
type receiptPage struct {
	frame
	ID     int64
	Signed bool
	// Broken: the stored document is not the one that our key signed. OtherKey: another key of ours did, before it was changed.
	Broken, OtherKey bool
	Page             receipt.Page
	Why              string // not signed: why
}

func (v *visit) receiptWords() receipt.Words { return receipt.Words{Texts: v.texts, Lang: v.Lang} }

// receiptOf is an erasure that was done; another request has no receipt.
func (s *site) receiptOf(v *visit) (*request.Request, error) {
	id, err := v.id("id")
	if err != nil {
		return nil, err
	}
	r, err := s.Store.Get(v.Context(), id)
	if err != nil {
		return nil, err
	}
	if r.Kind != dsar.Erasure || r.ErasedAt == nil {
		return nil, dsar.ErrNotFound
	}
	return r, nil
}

func (s *site) receiptPage(w http.ResponseWriter, v *visit) error {
	r, err := s.receiptOf(v)
	if err != nil {
		return err
	}
	p := receiptPage{frame: v.frame("receipt.title"), ID: r.ID}
	signed, err := receipt.Load(v.Context(), s.Pool, r.ID)
	switch {
	case errors.Is(err, dsar.ErrNotFound):
		v.draft(&p, r)
		return s.show(w, v, http.StatusOK, "receipt", p)
	case err != nil:
		return err
	}
	d, err := receipt.Read(signed)
	if err != nil {
		return fmt.Errorf("read the receipt of request %d: %w", r.ID, err)
	}
	if err := s.holdsSignature(&p, signed); err != nil {
		return err
	}
	p.Signed, p.Page = true, v.receiptWords().Page(d, receipt.Kid(signed))
	p.Title = p.Page.Title
	return s.show(w, v, http.StatusOK, "receipt", p)
}

// holdsSignature looks at the stored document each time that it is shown: somebody may have changed a row of ours.
func (s *site) holdsSignature(p *receiptPage, signed []byte) error {
	key, ok := s.Store.Keys.Receipt().Public().(ed25519.PublicKey)
	if !ok {
		return errors.New("the key of receipts is none")
	}
	if _, err := receipt.Verify(signed, key); err == nil {
		return nil
	}
	kid, err := receipt.KeyID(key)
	if err != nil {
		return err
	}
	p.OtherKey = receipt.Kid(signed) != kid
	p.Broken = !p.OtherKey
	return nil
}

// draft shows what is known of an erasure that has no receipt: with findings, it says where.
func (v *visit) draft(p *receiptPage, r *request.Request) {
	p.Page = receipt.Page{Lang: v.Lang, Title: v.text("receipt.heading", "number", strconv.FormatInt(r.ID, 10))}
	p.Title = p.Page.Title
	var places [][]string
	searched := false
	for _, u := range r.Subjects {
		if len(u.Receipt) == 0 {
			continue
		}
		b := v.receipt(u)
		searched = searched || b.Rescanned != ""
		part := receipt.Part{Title: v.text("receipt.done", "source", b.Source), Facts: []receipt.Fact{{Label: v.T("receipt.erased_at"), Value: b.At}}}
		part.Table = &receipt.Table{Head: []string{v.T("receipt.what"), v.T("receipt.rows")}, Counts: true}
		for _, c := range b.Counts {
			part.Table.Rows = append(part.Table.Rows, []string{c.Label, c.Value})
		}
		p.Page.Parts = append(p.Page.Parts, part)
		for _, f := range b.Findings {
			row := []string{f.Where, v.n(f.Rows)}
			if !slices.ContainsFunc(places, func(x []string) bool { return slices.Equal(x, row) }) { // each source's row tells of all
				places = append(places, row)
			}
		}
	}
	switch {
	case len(places) > 0:
		p.Why = v.T("receipt.not_final")
		found := receipt.Part{
			Title: v.T("receipt.rescan"),
			Table: &receipt.Table{Head: []string{v.T("receipt.place"), v.T("receipt.rows")}, Rows: places, Counts: true},
		}
		p.Page.Parts = append([]receipt.Part{found}, p.Page.Parts...)
	case searched && r.RescannedAt != nil:
		p.Why = v.T("receipt.unsigned")
	default:
		p.Why = v.T("receipt.pending")
	}
}

// receiptJSON gives the very bytes that were signed.
func (s *site) receiptJSON(w http.ResponseWriter, v *visit) error {
	r, err := s.receiptOf(v)
	if err != nil {
		return err
	}
	signed, err := receipt.Load(v.Context(), s.Pool, r.ID)
	if err != nil {
		return err
	}
	attach(w, "application/json", r.ID, "json")
	_, _ = w.Write(signed)
	return nil
}

func (s *site) receiptPDF(w http.ResponseWriter, v *visit) error {
	r, err := s.receiptOf(v)
	if err != nil {
		return err
	}
	signed, err := receipt.Load(v.Context(), s.Pool, r.ID)
	if err != nil {
		return err
	}
	d, err := receipt.Read(signed)
	if err != nil {
		return fmt.Errorf("read the receipt of request %d: %w", r.ID, err)
	}
	var b bytes.Buffer
	if err := v.receiptWords().Page(d, receipt.Kid(signed)).PDF(&b, d.SignedAt); err != nil {
		return err
	}
	attach(w, "application/pdf", r.ID, "pdf")
	_, _ = b.WriteTo(w)
	return nil
}

func attach(w http.ResponseWriter, kind string, id int64, ext string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="receipt-%d.%s"`, id, ext))
}
