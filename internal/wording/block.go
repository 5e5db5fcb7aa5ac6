package wording

import "strings"

// Kind says which fields of a Block are filled.
type Kind string

// The kinds of blocks.
const (
	Paragraph Kind = "paragraph" // Inlines
	List      Kind = "list"      // Items
	Table     Kind = "table"     // Head and Rows
	Button    Kind = "button"    // Label
)

// Block is one part of a text, from top to bottom. The page decides what a Button does: it is
// placed as a form.
type Block struct {
	Kind    Kind
	Inlines []Inline
	Items   [][]Inline
	Head    [][]Inline
	Rows    [][][]Inline
	Label   string
}

// Inline is a stretch of text of one look. Break is a line break and has no text. Link is the
// address that the text leads to, only ever taken from the placeholders link and …_url (http or
// https) and …_email.
type Inline struct {
	Text  string
	Bold  bool
	Link  string
	Break bool
	Name  string // the placeholder, where the whole of the text is the value of one
}

// Only gives the name of the placeholder whose value is all there is in a paragraph, such as
// link or code, so that a page or a mail can set it apart.
func (b Block) Only() string {
	if b.Kind == Paragraph && len(b.Inlines) == 1 {
		return b.Inlines[0].Name
	}
	return ""
}

// build turns tokens into blocks, and leaves out what ended up empty.
func build(tokens []token) []Block {
	var b builder
	var line []token
	for _, tok := range tokens {
		if tok.mark == newline {
			b.line(line)
			line = nil
			continue
		}
		line = append(line, tok)
	}
	b.line(line)
	b.endParagraph()
	return b.blocks
}

type builder struct {
	blocks    []Block
	paragraph []token
}

func (b *builder) line(line []token) {
	switch {
	case blank(line):
		b.endParagraph()
	case line[0].mark == pipe:
		b.endParagraph()
		b.tableLine(line)
	case line[0].mark == word && !line[0].value && strings.HasPrefix(line[0].text, "- "):
		b.endParagraph()
		rest := append([]token{{text: line[0].text[2:]}}, line[1:]...)
		if item := inlines(rest); len(item) > 0 {
			last := b.last(List)
			last.Items = append(last.Items, item)
		}
	default:
		if len(b.paragraph) > 0 {
			b.paragraph = append(b.paragraph, token{mark: wrap})
		}
		b.paragraph = append(b.paragraph, line...)
	}
}

// last gives the block at the end if it is of that kind, or else a new one.
func (b *builder) last(k Kind) *Block {
	if n := len(b.blocks); n == 0 || b.blocks[n-1].Kind != k {
		b.blocks = append(b.blocks, Block{Kind: k})
	}
	return &b.blocks[len(b.blocks)-1]
}

func (b *builder) tableLine(line []token) {
	var cells [][]Inline
	var cell []token
	for _, tok := range line[1:] {
		if tok.mark == pipe {
			cells = append(cells, inlines(cell))
			cell = nil
			continue
		}
		cell = append(cell, tok)
	}
	table := b.last(Table)
	switch {
	case table.Head == nil:
		table.Head = cells
	case rule(cells):
	default:
		table.Rows = append(table.Rows, cells)
	}
}

// rule recognises the line of hyphens below the head of a table.
func rule(cells [][]Inline) bool {
	for _, cell := range cells {
		if len(cell) != 1 || cell[0].Name != "" || strings.Trim(cell[0].Text, "-") != "" {
			return false
		}
	}
	return len(cells) > 0
}

// endParagraph closes the paragraph; a button inside it cuts it in two.
func (b *builder) endParagraph() {
	var part []token
	flush := func() {
		if in := inlines(part); len(in) > 0 {
			b.blocks = append(b.blocks, Block{Kind: Paragraph, Inlines: in})
		}
		part = nil
	}
	for _, tok := range b.paragraph {
		switch tok.mark {
		case open:
			flush()
		case closed:
			if label := flat(inlines(part)); label != "" {
				b.blocks = append(b.blocks, Block{Kind: Button, Label: label})
			}
			part = nil
		default:
			part = append(part, tok)
		}
	}
	flush()
	b.paragraph = nil
}

func blank(line []token) bool {
	for _, tok := range line {
		if tok.mark != word || strings.TrimSpace(tok.text) != "" {
			return false
		}
	}
	return true
}
