package records_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"insyn/internal/records"
)

func deflated(text string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return `\x` + hex.EncodeToString(b.Bytes())
}

func inflated(t *testing.T, packed []byte) string {
	t.Helper()
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPackedTextsOfOthersAreOpened: a mail in somebody else's row is quoted-printable, in Base64 or deflated, as its own
// column says, and names the person all the same.
func TestPackedTextsOfOthersAreOpened(t *testing.T) {
	t.Parallel()
	base := base64.StdEncoding.EncodeToString([]byte("Ring Astrid Brandvik i morgon."))
	s, pool := small(t, fmt.Sprintf(`create table crm.mail (id int primary key, person_id int, how text, body text);
		insert into crm.mail values (1, 2, 'none', 'Ring Astrid Brandvik i morgon.'), (2, 2, 'quoted-printable', E'F=C3=B6r Astrid Bra=\nndvik i dag.'),
			(3, 2, 'BASE64', '%s'), (4, 2, 'base64', 'SGVqLCBIZW5yaWsgVG9sc3RydXAu'), (5, 2, null, 'Ingen.');
		create table crm.version (id int primary key, data bytea);
		insert into crm.version values (1, '%s'), (2, '%s')`, base, deflated("Astrid Brandvik skrev"), deflated("Henrik Tolstrup skrev")), `
      crm.mail:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          how: {keep: how it is packed}
          body: {encoding: how, document: list, erase: redact, disclose: "no"}
      crm.version:
        mentions: true
        columns: {id: {keep: number}, data: {encoding: zlib, document: list, erase: redact, disclose: "no"}}
`)
	erased(t, s, 1)
	for id, want := range []string{1: "Ring [anonymiserad] i morgon.", 2: "F=C3=B6r [anonymiserad] i dag.", 4: "SGVqLCBIZW5yaWsgVG9sc3RydXAu", 5: "Ingen."} {
		if want == "" {
			continue
		}
		if got := one[string](t, pool, `select body from crm.mail where id = $1`, id); got != want {
			t.Errorf("mail %d: got %q, want %q", id, got, want)
		}
	}
	if got, _ := base64.StdEncoding.DecodeString(one[string](t, pool, `select body from crm.mail where id = 3`)); string(got) != "Ring [anonymiserad] i morgon." {
		t.Errorf("Base64: got %q", got)
	}
	for id, want := range []string{1: "[anonymiserad] skrev", 2: "Henrik Tolstrup skrev"} {
		if want == "" {
			continue
		}
		if got := inflated(t, one[[]byte](t, pool, `select data from crm.version where id = $1`, id)); got != want {
			t.Errorf("version %d: got %q, want %q", id, got, want)
		}
	}
}

// TestDataWithLengthsIsCovered: what a program has serialised can be read afterwards, and names nobody.
func TestDataWithLengthsIsCovered(t *testing.T) {
	t.Parallel()
	pack := func(text string) string {
		return base64.StdEncoding.EncodeToString([]byte("\x05\x0b\x03\x00\x00\x00\x01\x0a" + string(rune(len(text))) + text + "\x00\x00\x00\x04name"))
	}
	s, pool := small(t, fmt.Sprintf(`create table crm.setting (id int primary key, kind text, content text);
		insert into crm.setting values (1, 'storable', E'%s\n'), (2, '', 'Astrid Brandvik'), (3, 'storable', '%s')`, pack("Owner = Astrid Brandvik"), pack("Owner = Henrik Tolstrup")), `
      crm.setting:
        mentions: true
        columns: {id: {keep: number}, kind: {keep: plain or not}, content: {encoding: kind, document: blank, erase: redact, disclose: "no"}}
`)
	erased(t, s, 1)
	for id, want := range []string{1: pack("Owner = ***************"), 2: "[anonymiserad]", 3: pack("Owner = Henrik Tolstrup")} {
		if got := one[string](t, pool, `select content from crm.setting where id = $1`, max(id, 1)); want != "" && strings.TrimSpace(got) != want {
			t.Errorf("setting %d: got %q, want %q", id, got, want)
		}
	}
}

// TestKeyInsideATextIsCut: a search of somebody else's, in YAML, lists persons by number; the same number elsewhere in it
// is something else. A word in the place of a name is a word in YAML too, and no list.
func TestKeyInsideATextIsCut(t *testing.T) {
	t.Parallel()
	const filters = "---\nowner:\n  values:\n  - '2'\n  - '1'\n  - '11'\nstage:\n  values:\n  - '1'\nsubject:\n  values:\n  - Astrid Brandvik\n"
	s, pool := small(t, `create table crm.query (id int primary key, person_id int, filters text);
		insert into crm.query values (1, 2, E'`+strings.ReplaceAll(strings.ReplaceAll(filters, "'", "''"), "\n", `\n`)+`'), (2, 2, E'---\nowner:\n  values:\n  - ''1''\n')`, `
      crm.query:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          filters: {refers_within: '(?m)^owner:\n(?: .*\n)*?  - ''({id})''$', erase: redact, disclose: "no"}
`)
	erased(t, s, 1)
	want := strings.Replace(strings.Replace(filters, "- '1'", "- '0'", 1), "Astrid Brandvik", "anonymiserad", 1)
	if got := one[string](t, pool, `select filters from crm.query where id = 1`); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := one[string](t, pool, `select filters from crm.query where id = 2`); got != "---\nowner:\n  values:\n  - '0'\n" {
		t.Errorf("a search that names nobody: %s", got)
	}
}

// TestPackedTextsAreToldInClear: a person gets what they can read, without the others in it; bytes of a program are left out.
func TestPackedTextsAreToldInClear(t *testing.T) {
	t.Parallel()
	s, _ := small(t, fmt.Sprintf(`create table crm.mail (id int primary key, a int, b int, how text, body text, data bytea);
		insert into crm.mail values (1, 1, 2, 'quoted-printable', E'Till Henrik Tol=\nstrup fr=C3=A5n Astrid Brandvik.', null), (2, 1, 2, 'base64', 'SGVqLCBIZW5yaWsgVG9sc3RydXAu', '%s'),
			(3, 1, 2, null, 'AAECAwQAAAA=', '\x0001020300')`, deflated("Henrik Tolstrup skrev")), `
      crm.mail:
        label: {sv: Brev, en: Mails}
        category: c
        purpose: work
        provenance: staff
        retention: contact
        path: [{on: {a: crm.person.id}}, {on: {b: crm.person.id}}]
        columns:
          id: {keep: number}
          a: {erase: cut, disclose: "no"}
          b: {erase: cut, disclose: "no"}
          how: {keep: how it is packed}
          body: {label: {sv: Text, en: Text}, disclose: mask_others, encoding: how, document: list, erase: redact}
          data: {label: {sv: Data, en: Data}, disclose: mask_others, encoding: zlib, document: list, erase: redact}
`)
	got := collected(t, s, records.CollectOptions{}, 1).records["crm.mail"]
	if len(got) != 3 {
		t.Fatalf("%d mails", len(got))
	}
	for i, want := range []string{`"Till █████ från Astrid Brandvik."|null|`, `"Hej, █████."|"█████ skrev"|`, `"AAECAwQAAAA="|null|unreadable`} {
		v := got[i].Values
		if text := string(v[0].JSON) + "|" + string(v[1].JSON) + "|" + v[1].Withheld; text != want {
			t.Errorf("mail %d: got %s, want %s", i+1, text, want)
		}
	}
}
