//go:build schemas

package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres/pgtest"
)

// insyn is the program as an engineer runs it on a system: built from this tree, with nothing in its environment but the
// map and the address of the database.
type insyn struct {
	program string
	env     []string
	mapFile string
}

// built builds the program for a system, whose map is maps/NAME.yaml.
func built(t *testing.T, pool *pgxpool.Pool, s *system) *insyn {
	t.Helper()
	program := filepath.Join(t.TempDir(), "insyn")
	command(t, "..", nil, "go", "build", "-o", program, ".")
	file, err := filepath.Abs(filepath.Join("maps", s.source+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return &insyn{program: program, mapFile: file, env: []string{
		"INSYN_MAP=" + file, "INSYN_" + strings.ToUpper(s.source) + "_DSN=" + pgtest.DSN(pool), "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"),
	}}
}

// run gives output, messages and exit code.
func (i *insyn) run(t *testing.T, stdin io.Reader, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), i.program, args...)
	var out, messages bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = i.env, stdin, &out, &messages
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), messages.String(), cmd.ProcessState.ExitCode()
}

// must runs what has to succeed.
func (i *insyn) must(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, code := i.run(t, nil, args...)
	if code != 0 {
		t.Fatalf("insyn %s: exit %d\n%s%s", strings.Join(args, " "), code, tail(stdout), tail(stderr))
	}
	return stdout
}

// proposal is what datamap init says of its own map.
type proposal struct{ mapped, columns, excluded, decisions, median, most, unsettled int }

var proposed = regexp.MustCompile(`(\d+) tables mapped with (\d+) columns, (\d+) excluded[^\n]*\n(\d+) decisions in mapped tables \(median (\d+) a table, at most (\d+)[^)]*\), (\d+) in excluded`)

// propose lets insyn write a first map and reads what it says of it.
func (i *insyn) propose(t *testing.T, source string) proposal {
	t.Helper()
	file := filepath.Join(t.TempDir(), "first.yaml")
	_, said, code := i.run(t, nil, "datamap", "init", "--source", source, "--dsn-env", "INSYN_"+strings.ToUpper(source)+"_DSN", "--person", "public.users", "--out", file)
	m := proposed.FindStringSubmatch(said)
	if code != 0 || m == nil {
		t.Fatalf("insyn datamap init: exit %d\n%s", code, tail(said))
	}
	var n [7]int
	for k := range n {
		n[k], _ = strconv.Atoi(m[k+1])
	}
	return proposal{n[0], n[1], n[2], n[3], n[4], n[5], n[6]}
}

// given is a person as somebody types them who knows them: the outside check takes nothing from the map.
func (c *cast) given(p *person) string {
	line := map[string]any{
		"given": []string{p.given}, "called": p.given, "surname": []string{p.surname}, "nicknames": []string{p.nickname},
		"emails": []string{p.mail, p.private}, "customer_no": p.customerNo, "handles": []string{p.login},
	}
	if p.former != "" {
		line["former_surnames"] = []string{p.former}
	}
	phones := []string{p.mobile}
	if !c.others(p, p.phone) {
		phones = append(phones, p.phone)
	}
	if !c.others(p, p.street) {
		line["streets"] = []string{p.street}
	}
	line["phones"] = phones
	out, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	return string(out)
}
