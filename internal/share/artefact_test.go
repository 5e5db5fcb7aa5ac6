package share

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dossier"
	"insyn/internal/postgres"
)

// readAll reads everything that a link gives, or the error.
func readAll(w *world, link int64, token Token) (string, error) {
	r, err := Open(context.Background(), w.db, link, token)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = r.JSON(&b)
	return b.String(), err
}

func TestArtefactRoundTrip(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, n := range []int{0, 1, 5000} {
		id, token := w.link(LevelCode, fillWith("Anna Provberg", n))
		got, err := readAll(w, id, token)
		if err != nil {
			t.Fatal(err)
		}
		if c := strings.Count(got, "Call number"); c != n {
			t.Errorf("got %d entries, want %d", c, n)
		}
		var size, stored, longest int64
		err = w.db.QueryRow(context.Background(), `
			select a.size,
			       (select sum(length(bytes)) from insyn.artefact_chunk c where c.artefact_id = a.id),
			       (select max(length(bytes)) from insyn.artefact_chunk c where c.artefact_id = a.id)
			  from insyn.artefact a
			  join insyn.link l on l.artefact_id = a.id
			 where l.id = $1`, id).Scan(&size, &stored, &longest)
		if err != nil || size != stored || longest > chunkSize {
			t.Errorf("size %d, stored %d, longest chunk %d: %v", size, stored, longest, err)
		}
	}
}

func TestNothingReadableIsStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.link(LevelCode, fillWith("Kanariefågel", 10))
	var n int
	err := w.db.QueryRow(context.Background(), `
		select count(*)
		  from insyn.artefact_chunk
		 where position(convert_to('Kanarie', 'UTF8') in bytes) > 0
		    or position('Call number'::bytea in bytes) > 0`).Scan(&n)
	if err != nil || n != 0 {
		t.Errorf("%d chunks can be read without the token: %v", n, err)
	}
}

// Whatever happens to a chunk: an error, and no byte of it.
func TestDamageIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	flip := `update insyn.artefact_chunk set bytes = set_byte(bytes, %[1]d, get_byte(bytes, %[1]d) # 1)
	          where no = %[2]d and artefact_id = (select artefact_id from insyn.link where id = $1)`
	cases := map[string]string{
		"first byte of the header": fmt.Sprintf(flip, 0, 0),
		"the wrapped key":          fmt.Sprintf(flip, 60, 0),
		"the header's end":         fmt.Sprintf(flip, 130, 0),
		"the first piece":          fmt.Sprintf(flip, 500, 0),
		"the middle":               fmt.Sprintf(flip, 30000, 2),
		"the last piece":           strings.Replace(fmt.Sprintf(flip, 10, 0), "no = 0", "no = (select max(no) from insyn.artefact_chunk m where m.artefact_id = artefact_chunk.artefact_id)", 1),
		"missing chunk":            `delete from insyn.artefact_chunk where no = 1 and artefact_id = (select artefact_id from insyn.link where id = $1)`,
		"short chunk":              `update insyn.artefact_chunk set bytes = substring(bytes, 1, 100) where no = 1 and artefact_id = (select artefact_id from insyn.link where id = $1)`,
		"cut off":                  `update insyn.artefact set size = 65536 * 2 where id = (select artefact_id from insyn.link where id = $1)`,
		"another salt":             `update insyn.artefact set salt = sha256(salt) where id = (select artefact_id from insyn.link where id = $1)`,
		"chunks changed places": `update insyn.artefact_chunk c set bytes = o.bytes from insyn.artefact_chunk o
		          where c.no = 2 and o.no = 3 and o.artefact_id = c.artefact_id and c.artefact_id = (select artefact_id from insyn.link where id = $1)`,
	}
	for name, sql := range cases {
		id, token := w.link(LevelCode, fillWith("Anna Provberg", 3000))
		if _, err := readAll(w, id, token); err != nil {
			t.Fatal(err)
		}
		tag, err := w.db.Exec(context.Background(), sql, id)
		if err != nil || tag.RowsAffected() != 1 {
			t.Fatalf("%s: %v %v", name, tag, err)
		}
		if got, err := readAll(w, id, token); err == nil {
			t.Errorf("%s: read %d bytes without an error", name, len(got))
		}
	}
}

func TestDamageShowsNoPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 1))
	w.exec(`update insyn.artefact_chunk set bytes = set_byte(bytes, 400, get_byte(bytes, 400) # 1)
	         where artefact_id = (select artefact_id from insyn.link where id = $1)`, id)
	for _, path := range []string{"/v", "/v/download.csv", "/v/download.zip"} {
		if a := v.get(path); a.status != http.StatusInternalServerError || strings.Contains(a.body, "Provberg") || a.header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// A download that meets a damaged chunk after its first byte is broken off, never ended as if it were whole.
func TestDamageBreaksOffADownload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 3000))
	w.exec(`update insyn.artefact_chunk set bytes = set_byte(bytes, 30000, get_byte(bytes, 30000) # 1)
	         where no = 3 and artefact_id = (select artefact_id from insyn.link where id = $1)`, id)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, w.srv.URL+"/v/download.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := v.c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err == nil {
		t.Errorf("a damaged download of %d bytes ended well", b.Len())
	}
}

func TestArtefactsCannotBeSwapped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, tokenOne := w.link(LevelCode, fillWith("Anna Provberg", 1))
	two, tokenTwo := w.link(LevelCode, fillWith("Bo Provdal", 1))
	if _, err := readAll(w, one, tokenTwo); !errors.Is(err, ErrArtefact) {
		t.Errorf("another token: %v", err)
	}
	w.exec(`update insyn.link l set artefact_id = o.artefact_id from insyn.link o where l.id + o.id = $1`, one+two)
	for id, token := range map[int64]Token{one: tokenOne, two: tokenTwo} {
		if got, err := readAll(w, id, token); !errors.Is(err, ErrArtefact) || strings.Contains(got, "Prov") {
			t.Errorf("the other link's artefact: %v", err)
		}
	}
}

// What a failed collect has written goes with its transaction.
func TestStoreFailsWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	broken := errors.New("source is away")
	err := postgres.InTx(context.Background(), w.db, func(tx pgx.Tx) error {
		_, _, err := Store(context.Background(), tx, 1, 1, NewToken(), func(s dossier.Sink) error {
			if err := fillWith("Anna Provberg", 3000)(s); err != nil {
				return err
			}
			return broken
		})
		return err
	})
	var n int
	if qerr := w.db.QueryRow(context.Background(), `select count(*) from insyn.artefact_chunk`).Scan(&n); qerr != nil || n != 0 || !errors.Is(err, broken) {
		t.Errorf("%d chunks are left, %v %v", n, err, qerr)
	}
}

func TestTokensHide(t *testing.T) {
	t.Parallel()
	token := NewToken()
	for _, verb := range []string{"%v", "%s", "%+v", "%#v", "%q"} {
		if s := fmt.Sprintf(verb, token); strings.Contains(s, token.Text()) || !strings.Contains(s, "redacted") {
			t.Errorf("%s prints %s", verb, s)
		}
	}
	back, ok := ParseToken(token.Text())
	if !ok || back != token || len(token.Text()) != tokenLetter {
		t.Error("a token does not come back from its text")
	}
	for _, bad := range []string{"", "x", token.Text() + "x", token.Text()[:42] + "=", strings.Repeat("/", 43)} {
		if _, ok := ParseToken(bad); ok {
			t.Errorf("%q was taken for a token", bad)
		}
	}
}
