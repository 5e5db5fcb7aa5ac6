package file

// grammar says of a family of XML what a text is. Elements and attributes go by their local names; within a family they do not collide.
type grammar struct {
	paragraph  map[string]bool   // holds one text in pieces; outside of them every element is a text of its own
	apart      map[string]bool   // stands inside a paragraph and is no part of its text
	gap        map[string]string // stands for a character
	white      map[string]bool   // white space alone is text in it, not indentation
	mixed      bool              // white space is text in the whole of a paragraph
	skip       map[string]bool   // numbers for the machine
	fixed      map[string]bool   // cannot be rewritten: a reference elsewhere, or a syntax, would break
	attributes map[string]bool   // are texts
	names      map[string]bool   // elements whose name attribute is free text; others are referred to, so they are fixed
	values     map[string]bool   // elements whose val or v attribute is a text
}

// office is OOXML: Word, Excel, PowerPoint, and their properties.
var office = grammar{
	paragraph: set("p si is c text"),
	apart:     set("drawing pict object txbxContent f posOffset comment fldData"),
	gap:       map[string]string{"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"},
	white:     set("t delText"),
	skip:      set("posOffset pctPosHOffset pctPosVOffset pctWidth pctHeight fldData"),
	fixed:     set("f formula formula1 formula2 definedName calculatedColumnFormula totalsRowFormula"),
	attributes: set("author initials title descr description alt tooltip display instr creator userid providerid comment prompt prompttitle error errortitle" +
		" caption label string displaytext screentip lastmodifiedby manager company subject keywords category text helptext statustext" +
		" displayname username refreshedby"),
	names:  set("docPr cNvPr cmAuthor author"),
	values: set("alias tag docVar default listItem result s docPartGallery"),
}

// openOffice is OpenDocument.
var openOffice = grammar{
	paragraph: set("p h"),
	apart:     set("annotation note frame text-box custom-shape tracked-changes ruby-text"),
	gap:       map[string]string{"tab": "\t", "line-break": "\n", "s": " "},
	mixed:     true,
	attributes: set("title desc string-value value date-value display initials author alt caption label help-text creator user-name user-defined" +
		" current-value default-value text target-frame-name"),
	names: set("frame user-defined annotation custom-shape line rect g"),
}
