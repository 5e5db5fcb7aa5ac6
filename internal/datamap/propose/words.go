package propose

import (
	"bufio"
	_ "embed"
	"strings"
	"unicode"
)

//go:embed words.txt
var dictionary string

// word is what the dictionary knows of a name.
type word struct{ meaning, sv, en string }

// names is the dictionary by joined name.
type names map[string]word

func readDictionary() names {
	out := names{}
	lines := bufio.NewScanner(strings.NewReader(dictionary))
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "|")
		if len(cells) != 4 || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		w := word{strings.TrimSpace(cells[0]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])}
		for _, name := range strings.Fields(cells[1]) {
			if _, ok := out[name]; !ok {
				out[name] = w
			}
		}
	}
	return out
}

// find looks a column up: its whole name, then its name without the table's, then its last words ("billing_city"), then the
// end of a name that is written together ("workphone"). exact says that the name is all that there is to it.
func (n names) find(table, column string) (w word, exact, ok bool) {
	parts := split(column)
	if w, ok := n[strings.Join(parts, "")]; ok {
		return w, true, true
	}
	owner := split(table)
	for len(parts) > 1 && len(owner) > 0 && singular(parts[0]) == singular(owner[0]) {
		parts, owner = parts[1:], owner[1:]
		if w, ok := n[strings.Join(parts, "")]; ok {
			return w, true, true
		}
	}
	if len(parts) > 1 && (parts[0] == "is" || parts[0] == "has" || parts[0] == "use" || parts[0] == "can" || parts[0] == "allow") {
		return n["active"], false, true
	}
	for i := 1; i < len(parts); i++ {
		if w, ok := n[strings.Join(parts[i:], "")]; ok {
			return w, false, true
		}
	}
	last := parts[len(parts)-1]
	for i := 2; i+4 <= len(last); i++ {
		if w, ok := n[last[i:]]; ok {
			return w, false, true
		}
	}
	return word{}, false, false
}

// split cuts a name into lower-case words: snake_case, camelCase, digits; å, ä, ö, ü lose their marks.
func split(name string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsUpper(runes[i-1]) && unicode.IsLower(runes[i+1])):
			flush()
		}
		b.WriteString(unmark.Replace(string(unicode.ToLower(r))))
	}
	flush()
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

var unmark = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "ü", "u", "é", "e", "ß", "ss", "æ", "a", "ø", "o")

func joined(name string) string { return strings.Join(split(name), "") }

// singular takes an English plural back to its word; a Swedish or German word is left as it is, or nearly.
func singular(s string) string {
	for _, e := range []struct{ plural, single string }{{"people", "person"}, {"ies", "y"}, {"sses", "ss"}, {"xes", "x"}, {"ches", "ch"}, {"statuses", "status"}} {
		if rest, ok := strings.CutSuffix(s, e.plural); ok && len(s) > 4 {
			return rest + e.single
		}
	}
	if strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss") && !strings.HasSuffix(s, "us") && !strings.HasSuffix(s, "sis") && len(s) > 3 {
		return s[:len(s)-1]
	}
	return s
}

// humanise makes a label of a name that the dictionary does not know.
func humanise(name string) string {
	s := strings.Join(strings.FieldsFunc(spread(name), func(r rune) bool { return r == '_' || r == '-' || r == ' ' }), " ")
	if s == "" {
		return name
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// spread sets a space before each capital of camelCase.
func spread(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Words in the names of columns and tables.
var (
	// personWords are what a table of persons may be called, and what refers to one.
	personWords = set("person people user account customer client contact member subject individual patient employee student applicant buyer payer recipient requestor requester requestedby owner author principal watcher " +
		"assignee assigned assignedto sender participant attendee guest lead reporter commenter mentioned party uploader responsible principal " +
		"kund kontakt anvandare medlem deltagare agare ansvarig handlaggare kopare bestallare avsandare mottagare kunde benutzer mitglied ansprechpartner kaufer empfanger absender nutzer eigentumer bearbeiter")
	// stampWords say who wrote a row, not whom it is about.
	stampWords = set("creator createdby updatedby lastupdatedby changedby modifiedby deletedby closedby enteredby editedby insertedby skapadav andradav erstelltvon geandertvon lockedby approvedby updater editor lastupdater modifier by")
	// authorWords are persons who act in a row that is about something else.
	authorWords = set("author owner assigned assignee assignedto responsible uploader handler agent coworker reporter sender ansvarig handlaggare agare bearbeiter eigentumer commenter")
	// staffWords are tables of the company's own people.
	staffWords = set("coworker employee staff agent operator admin adminuser salesrep salesperson seller medarbetare anstalld personal handlaggare saljare mitarbeiter angestellter sachbearbeiter backenduser useraccount sysuser user")
	// selfWords refer to another row of the same table.
	selfWords = set("parent root replacedby mergedinto mergedto duplicateof replyto inreplyto effective previous next supersededby original lastreply inheritedfrom via immediateparent ersattav huvud vorganger")
	// pointerWords begin references to a row that is chosen among others: they do not make a row part of another.
	pointerWords = set("default last latest current first selected next previous main")
	holderWords  = set("group role team list party participant thread conversation")
	tokenWords   = set("token tokens authtoken authtokens session sessions login logins device devices credential credentials apikey apikeys subscription subscriptions preference preferences bookmark bookmarks watcher watchers")
	// mergeWords lead from a duplicate to the row that took its place.
	mergeWords = set("replacedby mergedinto mergedto duplicateof supersededby ersattav mergeinto mergedwith canonical")
	logWords   = set("log logs audit history version versions journal change changes event events trail archive revision revisions historik logg protokoll")
	bookWords  = set("bestallning bestellung orderrad invoice receipt voucher payment order faktura kvitto verifikation betalning rechnung beleg zahlung transaction2 bokforing creditnote invoices")
	firmWords  = set("organisation organization company firm employer household foretag firma bolag unternehmen account2 hushall haushalt address")
	// soloWords are codes of a firm that is its owner.
	soloWords    = set("soletrader soleproprietor enskildfirma enskild einzelunternehmen einzelunternehmer selfemployed individual")
	addressWords = set("email emailaddress mail epost address contact")
	// nobodyWords are what systems call the row that stands for nobody.
	nobodyWords = set("nobody anonymous anonymoususer anonym deleted deleteduser unknown unknownuser ghost okand borttagen unbekannt system rtsystem")
)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// hasWord says whether any word of a name, alone or with the next, is in the set.
func hasWord(name string, in map[string]bool) bool {
	parts := split(name)
	for i, p := range parts {
		if in[p] || in[singular(p)] || i+1 < len(parts) && in[p+parts[i+1]] {
			return true
		}
	}
	return false
}
