package share

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

func TestPreviewIsTheSamePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, token := w.link(LevelCode, fillWith("Anna Provberg", 25))
	r, err := Open(context.Background(), w.db, id, token)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	p := Preview{
		Texts: testPrinter(t).Texts, Dossier: r, Lang: "en", Loc: time.UTC, Closes: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), NewLinkDays: 30,
		BaseURL: "https://share.norrsken.example", Style: "/share.css", Entries: 1000,
	}
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<main id=\"main\" inert>", "Call number 25.", "Anna Provberg", "3 March 2026 at 09:00", `href="/share.css"`, "<details open>"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not on the preview", want)
		}
	}
}
