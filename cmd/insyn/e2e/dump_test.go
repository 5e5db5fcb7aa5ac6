package e2e

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"os/exec"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
)

// cell is one value of a dump, by "table.column"; what stands outside the rows has the place "schema".
type cell struct{ place, value string }

var copyLine = regexp.MustCompile(`^COPY ([^ ]+) \((.*)\) FROM stdin;$`)

// dump takes a pg_dump of the database and cuts it into values.
func (w *world) dump(pool *pgxpool.Pool) []cell {
	w.t.Helper()
	c := pool.Config().ConnConfig
	cmd := exec.CommandContext(w.t.Context(), need(w.t, "pg_dump"), "-h", c.Host, "-p", itoa(int64(c.Port)), "-U", c.User, "-d", c.Database)
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("pg_dump: %v", err)
	}
	var cells []cell
	var table string
	var columns []string
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		line := lines.Text()
		switch m := copyLine.FindStringSubmatch(line); {
		case m != nil:
			table, columns = m[1], strings.Split(m[2], ", ")
		case table != "" && line == `\.`:
			table = ""
		case table != "":
			for i, v := range strings.Split(line, "\t") {
				cells = append(cells, cell{table + "." + columns[i], plain(v)})
			}
		default:
			cells = append(cells, cell{"schema", line})
		}
	}
	if lines.Err() != nil || len(cells) < 100 {
		w.t.Fatalf("the dump has %d values: %v", len(cells), lines.Err())
	}
	return cells
}

var copyEscapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t")

// plain undoes COPY's escapes; bytes come as they are, so that a text among them is seen.
func plain(v string) string {
	v = copyEscapes.Replace(v)
	if rest, ok := strings.CutPrefix(v, `\x`); ok {
		if b, err := hex.DecodeString(rest); err == nil {
			return string(b)
		}
	}
	return v
}

// needle is something that points to a person.
type needle struct {
	name, text string
	digits     bool // compared without what people put between digits
}

// needles are all identifiers of a person, in the forms in which they are written.
func needles(k democrm.Known) []needle {
	out := []needle{
		{"given name", k.Given, false},
		{"surname", k.Surname, false},
		{"former surname", k.Former, false},
		{"nickname", k.Nickname, false},
		{"customer number", k.CustomerNo, false},
		{"street", k.Street, false},
		{"handle", k.Handle, false},
		{"register id", k.RegisterID, false},
		{"old mail", k.OldEmail, false},
		{"old street", k.OldStreet, false},
	}
	for _, m := range k.Emails {
		out = append(out, needle{"mail", m, false})
	}
	for _, p := range k.Phones {
		out = append(out, needle{"phone", strings.TrimPrefix(p, "+46"), true})
	}
	if k.Personnummer != "" {
		digits := strings.ReplaceAll(k.Personnummer, "-", "")
		out = append(out, needle{"personnummer", digits[2:], true})
	}
	kept := out[:0]
	for _, n := range out {
		if n.text != "" {
			kept = append(kept, n)
		}
	}
	return kept
}

var between = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "/", "", "\u00a0", "")

// find gives the places where a needle stands, with how often.
func (n needle) find(cells []cell) map[string]int {
	out := map[string]int{}
	want := strings.ToLower(n.text)
	for _, c := range cells {
		v := c.value
		if n.digits {
			v = between.Replace(v)
		}
		if strings.Contains(strings.ToLower(v), want) {
			out[c.place]++
		}
	}
	return out
}
