package wording

import (
	_ "embed"
	"html/template"
)

//go:embed blocks.html
var blocksHTML string

// Template gives templates that write blocks as HTML. "blocks" takes a []Block and leaves buttons
// out; "block" takes one Block, for pages that range over them and place each button as a form;
// "inlines" takes []Inline. Each call gives a template of its own, to which a page may add.
func Template() (*template.Template, error) {
	return template.New("wording").Parse(blocksHTML)
}
