package wording

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// texts/sv.md and texts/en.md hold what customers read. ui/NAME.sv.txt and ui/NAME.en.txt hold
// the words of our own pages, a pair for each part of the program.
//
//go:embed texts/*.md ui/*.txt
var files embed.FS

type entry struct {
	key, body string
	buttons   bool // [Text] is a button; elsewhere brackets are brackets
}

// read gives the texts of a language in the order of the files.
func read(lang string) ([]entry, error) {
	md, err := files.ReadFile("texts/" + lang + ".md")
	if err != nil {
		return nil, fmt.Errorf("read texts (%s): %w", lang, err)
	}
	entries := readReference(string(md))
	paths, err := fs.Glob(files, "ui/*."+lang+".txt")
	if err != nil {
		return nil, fmt.Errorf("list texts (%s): %w", lang, err)
	}
	for _, path := range paths {
		txt, err := files.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read texts %s: %w", path, err)
		}
		more, err := readLines(path, string(txt))
		if err != nil {
			return nil, err
		}
		entries = append(entries, more...)
	}
	return entries, nil
}

// readReference reads the headings "## key" with what is below them, and the rows of the table
// in part 10. What stands above the first key, and between a part's heading and its first key,
// explains the file and is no text.
func readReference(md string) []entry {
	var entries []entry
	var body strings.Builder
	key, labels := "", false
	flush := func() {
		if key != "" {
			entries = append(entries, entry{key, strings.Trim(body.String(), "\n"), true})
		}
		key = ""
		body.Reset()
	}
	for line := range strings.Lines(strings.ReplaceAll(md, "\r\n", "\n")) {
		text := strings.TrimRight(line, " \n")
		switch {
		case strings.HasPrefix(text, "## "):
			flush()
			key = strings.TrimPrefix(text, "## ")
		case strings.HasPrefix(text, "# "):
			flush()
			labels = strings.HasPrefix(text, "# 10.")
		case text == "---":
			flush()
		case labels && key == "":
			if k, v, ok := labelRow(text); ok {
				entries = append(entries, entry{k, v, false})
			}
		default:
			body.WriteString(text + "\n")
		}
	}
	flush()
	return entries
}

// labelRow reads "| key | text |"; keys have a dot, the head of the table does not.
func labelRow(line string) (key, body string, ok bool) {
	inside, found := strings.CutPrefix(line, "| ")
	if !found {
		return "", "", false
	}
	key, body, found = strings.Cut(strings.TrimSuffix(inside, " |"), " | ")
	return key, body, found && strings.Contains(key, ".")
}

// readLines reads "key = text"; a line that starts with # is a comment, and \n in a text is a
// line break. There are no buttons in these texts: a page knows its own.
func readLines(path, txt string) ([]entry, error) {
	var entries []entry
	n := 0
	for line := range strings.Lines(txt) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, body, found := strings.Cut(line, " = ")
		if !found || !strings.Contains(key, ".") || strings.TrimSpace(body) == "" {
			return nil, fmt.Errorf("texts %s line %d: want \"part.key = text\"", path, n)
		}
		entries = append(entries, entry{strings.TrimSpace(key), strings.ReplaceAll(strings.TrimSpace(body), `\n`, "\n"), false})
	}
	return entries, nil
}
