package dossier

import (
	"encoding/json"
	"testing"
)

// Codes are told in words of the reader's language, in lists and as keys too; what has no word, and a value that only
// looks like a key, stays.
func TestCodesInWords(t *testing.T) {
	t.Parallel()
	f := Field{Words: map[string]Label{"won": {"sv": "vunnen", "en": "won"}, "city": {"sv": "ort", "en": "town"}}}
	for _, tc := range []struct{ raw, sv, en string }{
		{`"won"`, "vunnen", "won"},
		{`"Won"`, "Won", "Won"},
		{`["city","zip"]`, "ort; zip", "town; zip"},
		{`{"city": "city", "zip": null}`, "ort: city; zip: ", "town: city; zip: "},
		{`null`, "", ""},
	} {
		for lang, want := range map[string]string{"sv": tc.sv, "en": tc.en} {
			v := Value{JSON: json.RawMessage(tc.raw)}
			if got := printer(t, lang).Cell(f, v); got != want {
				t.Errorf("%s in %s: got %q, want %q", tc.raw, lang, got, want)
			}
		}
	}
	if got := printer(t, "sv").Cell(f, Value{JSON: json.RawMessage(`"won"`), Withheld: "third_party"}); got == "vunnen" {
		t.Error("a withheld value is told")
	}
}
