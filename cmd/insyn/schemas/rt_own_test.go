//go:build schemas

package schemas

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// rtAnonymize does what RT::User::AnonymizeUser does with ClearCustomFields (lib/RT/User.pm): it empties the writable
// fields of the user one by one, each with a transaction that says what stood there, and gives a random name.
func rtAnonymize(t *testing.T, pool *pgxpool.Pool, p *person) {
	t.Helper()
	for _, column := range []string{
		"Comments", "Signature", "EmailAddress", "FreeformContactInfo", "Organization", "RealName", "NickName", "Lang", "Gecos", "HomePhone", "WorkPhone", "MobilePhone",
		"PagerPhone", "Address1", "Address2", "City", "State", "Zip", "Country", "Timezone", "SMIMECertificate",
	} {
		if _, err := pool.Exec(t.Context(), `
			with was as (
				insert into transactions (objecttype, objectid, type, field, oldvalue, newvalue, creator, created)
				select 'RT::User', id, 'Set', $2, left(`+column+`, 255), '', 1, now()
				from users
				where id = $1 and `+column+` <> ''
			)
			update users set `+column+` = '' where id = $1`, p.id, column); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pool.Exec(t.Context(), `
		update users set
			name = 'anon_' || md5(random()::text),
			password = '*NO-PASSWORD*',
			authtoken = ''
		where id = $1`, p.id); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `update objectcustomfieldvalues set disabled = 1 where objecttype = 'RT::User' and objectid = $1`, p.id); err != nil {
		t.Fatal(err)
	}
}

func oneLine(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }

// broken gives the names of the blobs (name, tab, Base64 of Storable) that Perl cannot read.
func broken(t *testing.T, lines string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "perl", "-MStorable=thaw", "-MMIME::Base64", "-ne", `chomp; my ($n, $b) = split /\t/; my $v = eval { thaw(decode_base64($b)) }; print "$n\n" unless ref $v;`)
	cmd.Stdin = strings.NewReader(lines)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range strings.Fields(strings.ReplaceAll(string(out), " ", "-")) {
		names = append(names, "cannot be thawed: "+n)
	}
	return names
}
