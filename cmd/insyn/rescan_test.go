package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestRescanFromTheShell(t *testing.T) {
	t.Parallel()
	env, _ := shell(t)
	code, out, errs := call(t, env, "rescan", "--person", "crm:1")
	if code != exitFailed || !strings.Contains(out, "crm.person_email") || !strings.Contains(out, "rows") || errs != "" {
		t.Fatalf("somebody who is there: code %d, %s %s", code, out, errs)
	}
	for _, secret := range []string{"Ylvali", "Ekenskär", "@"} {
		if strings.Contains(out, secret) {
			t.Errorf("the output says %q", secret)
		}
	}
	read := func(input string, args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		code := run(context.Background(), append([]string{"rescan", "--identifiers", "-"}, args...), env, strings.NewReader(input), &out, &errs)
		return code, out.String(), errs.String()
	}
	if code, out, errs := read(`{"given":["Ottilia"],"surname":["Fjäderbröst"]}`); code != exitDone || out != "nothing found\n" {
		t.Errorf("nobody: code %d, %s %s", code, out, errs)
	}
	code, out, errs = read("{\"given\":[\"Ottilia\"],\"surname\":[\"Fjäderbröst\"]}\n{\"customer_no\":\"K100001\"}\n", "--source", "crm", "--json")
	if code != exitFailed || !strings.Contains(out, `{"source":"crm","line":2,"table":"crm.person","column":"customer_no","rows":1,"retained":false}`) || strings.Contains(out, `"line":1`) {
		t.Errorf("two lines: code %d, %s %s", code, out, errs)
	}
	for input, want := range map[string]string{
		`{"given":["Ottilia"]}`:                             "person 1 of the input has no identifier",
		`{"customer_no":"K1000"}` + "\n" + `{"mail":"a@b"}`: "person 2 of the input is no JSON object",
		``: "names nobody",
	} {
		if code, _, errs := read(input); code != exitFailed || !strings.Contains(errs, want) || strings.Contains(errs, "Ottilia") || strings.Contains(errs, "a@b") {
			t.Errorf("%s: code %d, %s", input, code, errs)
		}
	}
	for _, args := range [][]string{{}, {"--person", "1"}, {"--identifiers", "Ottilia"}, {"--person", "crm:1", "--identifiers", "-"}, {"--person", "crm:1", "x"}} {
		if code, _, _ := call(t, env, append([]string{"rescan"}, args...)...); code != exitUsage {
			t.Errorf("%v: code %d", args, code)
		}
	}
	if code, _, errs := call(t, env, "rescan", "--person", "crm:1", "--source", "erp"); code != exitFailed || !strings.Contains(errs, `no source "erp"`) {
		t.Errorf("an unknown source: code %d, %s", code, errs)
	}
}
