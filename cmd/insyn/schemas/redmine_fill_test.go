//go:build schemas

package schemas

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// redmine fills Redmine as its own models do (app/models of the package).
type redmine struct {
	*writer
	text     *writing
	at       time.Time
	projects []int
	issues   []*issue
	fields   map[string]int // custom fields by name
	wikis    map[int]int    // by project
	boards   map[int]int
}

// What the migrations wrote, and the anonymous user, whom Redmine makes when first asked for and on whom all that deleted
// users wrote falls back.
const (
	redmineAdmin     = 1
	redmineAnonymous = 4
)

func (f *redmine) now() time.Time {
	f.at = f.at.Add(13 * time.Minute)
	return f.at
}

// created adds created_on and updated_on.
func (f *redmine) created(r cells) cells {
	r["created_on"] = f.now()
	r["updated_on"] = r["created_on"]
	return r
}

// fillRedmine writes the projects of some months into Redmine.
func fillRedmine(t *testing.T, pool *pgxpool.Pool, c *cast) *writer {
	t.Helper()
	f := &redmine{
		writer: newWriter(t, pool, c), text: newWriting(9), at: time.Date(2026, 1, 7, 7, 0, 0, 0, time.UTC),
		fields: map[string]int{}, wikis: map[int]int{}, boards: map[int]int{},
	}
	f.fixtures()
	f.people()
	f.everyday()
	f.shared()
	f.corners()
	f.flush(t, pool)
	return f.writer
}

func (f *redmine) fixtures() {
	f.put("users", f.created(cells{"id": redmineAnonymous, "type": "AnonymousUser", "lastname": "Anonymous", "status": 0}))
	for i, name := range []string{"Ny", "Pågår", "Löst", "Stängd"} {
		f.put("issue_statuses", cells{"id": i + 1, "name": name, "is_closed": i == 3, "position": i + 1})
	}
	for i, name := range []string{"Fel", "Önskemål", "Stöd"} {
		f.put("trackers", cells{"id": i + 1, "name": name, "position": i + 1, "default_status_id": 1})
	}
	for i, e := range [][2]string{{"IssuePriority", "Normal"}, {"IssuePriority", "Hög"}, {"TimeEntryActivity", "Utveckling"}, {"DocumentCategory", "Avtal"}} {
		f.put("enumerations", cells{"id": i + 1, "type": e[0], "name": e[1], "position": i + 1, "active": true})
	}
	for i, name := range []string{"Chef", "Utvecklare", "Rapportör"} {
		f.put("roles", cells{"id": 3 + i, "name": name, "position": 3 + i, "permissions": "---\n- :view_issues\n- :add_issues\n"})
	}
	for i, name := range []string{"Värmepumpen", "Portalen", "Flytten"} {
		p := f.put("projects", f.created(cells{"name": name, "identifier": fmt.Sprintf("projekt-%d", i+1), "description": "Om " + name, "lft": 2*i + 1, "rgt": 2*i + 2}))
		f.projects = append(f.projects, p)
		f.put("enabled_modules", cells{"project_id": p, "name": "issue_tracking"})
		f.wikis[p] = f.put("wikis", cells{"project_id": p, "start_page": "Wiki"})
		f.boards[p] = f.put("boards", cells{"project_id": p, "name": "Prat", "description": "Allt möjligt", "position": 1})
		for tracker := 1; tracker <= 3; tracker++ {
			f.put("projects_trackers", cells{"project_id": p, "tracker_id": tracker})
		}
	}
	f.put("settings", cells{"name": "wiki_compression", "value": "gzip", "updated_on": f.now()})
	f.put("workflows", cells{"tracker_id": 1, "old_status_id": 1, "new_status_id": 2, "role_id": 3, "type": "WorkflowTransition"})
	for _, field := range [][3]string{
		{"UserCustomField", "Kundnummer", "string"},
		{"UserCustomField", "Telefon", "string"},
		{"UserCustomField", "Mobil", "string"},
		{"UserCustomField", "Adress", "text"},
		{"UserCustomField", "Smeknamn", "string"},
		{"UserCustomField", "Tidigare efternamn", "string"},
		{"UserCustomField", "Närmaste chef", "user"},
		{"IssueCustomField", "Anmäld av", "string"},
		{"IssueCustomField", "Granskare", "user"},
		{"IssueCustomField", "Bakgrund", "text"},
		{"IssueCustomField", "Kontakt", "list"},
		{"IssueCustomField", "Jour", "enumeration"},
		{"ProjectCustomField", "Beställare", "string"},
		{"TimeEntryCustomField", "Debiteras", "string"},
	} {
		f.fields[field[1]] = f.put("custom_fields", cells{"type": field[0], "name": field[1], "field_format": field[2], "position": 1})
	}
}
