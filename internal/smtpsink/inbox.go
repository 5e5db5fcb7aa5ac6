package smtpsink

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed inbox.html inbox.css
var pages embed.FS

// Inbox shows the mails of the sink in a browser: the newest first, each with its HTML part
// walled off in a frame, its text part and its source. Links are relative, so that it can stand
// below any prefix that ends in a slash.
func (s *Sink) Inbox() http.Handler {
	tmpl := template.Must(template.ParseFS(pages, "inbox.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		messages := s.Messages()
		slices.Reverse(messages)
		render(w, tmpl, "list", listPage{Messages: messages})
	})
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pages, "inbox.css")
	})
	mux.HandleFunc("GET /m/{id}", s.one(func(w http.ResponseWriter, m Message) {
		render(w, tmpl, "mail", mailPage{Message: m, Lines: linked(m.Text)})
	}))
	mux.HandleFunc("GET /m/{id}/html", s.one(func(w http.ResponseWriter, m Message) {
		// Opened by itself, too, the mail must not run or fetch anything.
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "+
				"sandbox allow-popups allow-popups-to-escape-sandbox")
		write(w, "text/html; charset=utf-8", outward(m.HTML))
	}))
	mux.HandleFunc("GET /m/{id}/raw", s.one(func(w http.ResponseWriter, m Message) {
		write(w, "text/plain; charset=utf-8", string(m.Raw))
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

type listPage struct{ Messages []Message }

type mailPage struct {
	Message Message
	Lines   [][]piece
}

type piece struct{ Text, Link string }

func (s *Sink) one(show func(http.ResponseWriter, Message)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(r.PathValue("id"))
		if err == nil {
			if m, ok := s.Message(id); ok {
				show(w, m)
				return
			}
		}
		http.NotFound(w, r)
	}
}

// linked cuts a text into lines and sets its web addresses apart.
func linked(text string) [][]piece {
	address := regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)\]]`)
	var lines [][]piece
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		var pieces []piece
		pos := 0
		for _, at := range address.FindAllStringIndex(line, -1) {
			pieces = append(pieces, piece{Text: line[pos:at[0]]}, piece{Text: line[at[0]:at[1]], Link: line[at[0]:at[1]]})
			pos = at[1]
		}
		lines = append(lines, append(pieces, piece{Text: line[pos:]}))
	}
	return lines
}

// outward makes the links of a mail open outside its frame, as in a mail program. In place of
// a <base>, which the policy forbids mails to bring, the target is put on each link.
func outward(html string) string {
	return regexp.MustCompile(`(?i)<a\s`).ReplaceAllString(html, `<a target="_blank" rel="noreferrer noopener" `)
}

func render(w http.ResponseWriter, tmpl *template.Template, name string, page any) {
	var b bytes.Buffer
	if err := tmpl.ExecuteTemplate(&b, name, page); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	write(w, "text/html; charset=utf-8", b.String())
}

func write(w http.ResponseWriter, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write([]byte(body)) // the reader has gone away: nothing to do
}
