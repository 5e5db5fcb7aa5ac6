package adminweb

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"insyn/internal/wording"
)

//go:embed pages/*.html
var pageFiles embed.FS

// pageSet holds the pages, parsed once for each language and time zone that is in use.
type pageSet struct {
	texts  *wording.Texts
	assets *assetSet
	mu     sync.Mutex
	parsed map[string]map[string]*template.Template
}

func loadPages(texts *wording.Texts, assets *assetSet) (*pageSet, error) {
	p := &pageSet{texts: texts, assets: assets, parsed: map[string]map[string]*template.Template{}}
	for _, lang := range wording.Langs() {
		if _, err := p.in(words{texts, lang, time.UTC}); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// in gives the pages that speak w.
func (p *pageSet) in(w words) (map[string]*template.Template, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := w.Lang + " " + w.loc.String()
	if set, ok := p.parsed[key]; ok {
		return set, nil
	}
	base, err := wording.Template()
	if err != nil {
		return nil, fmt.Errorf("parse the blocks: %w", err)
	}
	base.Funcs(w.funcs()).Funcs(template.FuncMap{"asset": p.assets.path})
	if base, err = base.ParseFS(pageFiles, "pages/_*.html"); err != nil {
		return nil, fmt.Errorf("parse the layout: %w", err)
	}
	names, err := fs.Glob(pageFiles, "pages/[a-z]*.html")
	if err != nil {
		return nil, err
	}
	set := make(map[string]*template.Template, len(names))
	for _, name := range names {
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(pageFiles, name)
		}
		if err != nil {
			return nil, fmt.Errorf("parse a page: %w", err)
		}
		set[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	p.parsed[key] = set
	return set, nil
}

// render writes one template of a page into memory, so that a fault in the middle shows nothing by halves.
func (s *site) render(v *visit, page, name string, data any) (*bytes.Buffer, error) {
	set, err := s.pages.in(v.words)
	if err != nil {
		return nil, err
	}
	t, ok := set[page]
	if !ok {
		return nil, fmt.Errorf("no page %s", page)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("render page %s: %w", page, err)
	}
	return &b, nil
}

// show answers with a page.
func (s *site) show(w http.ResponseWriter, v *visit, status int, page string, data any) error {
	b, err := s.render(v, page, "layout", data)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a visitor who has gone is no fault of ours
	return nil
}
