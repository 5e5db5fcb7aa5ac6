package mention_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"insyn/internal/mention/corpus"
)

// The lists and rules were written with these files in view, so the figures say that nothing got worse, not how the matcher
// does on other texts: testdata/SCORES.md has the first scores of each.
func TestCorpus(t *testing.T) {
	t.Parallel()
	for file, damage := range map[string][2]string{"dev": {"2", "4"}, "names": {"2", "6"}, "identifiers": {"2", "4"}, "everyday": {"2", "4"}, "more": {"2", "4"}, "rounds": {"4", "4"}} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			score(t, "testdata/"+file+".jsonl", "--min-span-recall", "0.985", "--min-char-recall", "0.99", "--min-char-precision", "0.99",
				"--max-others", damage[0], "--max-things", damage[1])
		})
	}
}

// score lets the scorer compare what is found in a labelled file with its labels.
func score(t *testing.T, gold string, thresholds ...string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no python3 to run the scorer")
	}
	in, err := os.Open(gold)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	path := filepath.Join(t.TempDir(), "predictions.jsonl")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	to := json.NewEncoder(out)
	if err := corpus.Read(in, func(l corpus.Line) error { return to.Encode(l.Find()) }); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := exec.Command(python, append([]string{"testdata/score.py", gold, path}, thresholds...)...).CombinedOutput()
	t.Logf("%s", report)
	if err != nil {
		t.Errorf("%s scores below its floor: %v", gold, err)
	}
}
