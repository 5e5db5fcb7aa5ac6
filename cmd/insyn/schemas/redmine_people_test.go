//go:build schemas

package schemas

import (
	"crypto/sha1"
	"fmt"
)

// people makes everybody: the user, addresses, settings, tokens, memberships.
func (f *redmine) people() {
	for i, p := range f.cast.all {
		p.id = f.id("users")
		hash := fmt.Sprintf("%x", sha1.Sum([]byte(p.login)))
		f.own("users", f.created(cells{
			"id": p.id, "type": "User", "login": p.login, "firstname": p.given, "lastname": p.surname, "hashed_password": hash, "salt": hash[:32],
			"status": 1, "language": "sv", "mail_notification": "only_my_events", "last_login_on": f.now(), "passwd_changed_on": f.now(),
		}), p)
		for n, address := range []string{p.mail, p.private} {
			f.own("email_addresses", f.created(cells{"user_id": p.id, "address": address, "is_default": n == 0}), p)
		}
		f.own("user_preferences", cells{
			"user_id": p.id, "time_zone": "Stockholm", "hide_mail": true,
			"others": fmt.Sprintf("---\n:no_self_notified: '1'\n:my_page_layout:\n  left:\n  - issuesassignedtome\n:recently_used_project_ids: '%d,%d'\n:auto_watch_on:\n- issue_contributed_to\n", f.projects[0], f.projects[1]),
		}, p)
		for _, action := range []string{"api", "feeds", "session"} {
			f.own("tokens", f.created(cells{"user_id": p.id, "action": action, "value": fmt.Sprintf("%x", sha1.Sum([]byte(action+p.login)))}), p)
		}
		// What Redmine has no column for, an office keeps in fields of its own.
		for _, v := range [][2]string{
			{"Kundnummer", p.customerNo},
			{"Telefon", p.phone},
			{"Mobil", p.mobile},
			{"Adress", p.street + "\n" + p.postcode + " " + p.city},
			{"Smeknamn", p.nickname},
			{"Tidigare efternamn", p.former},
		} {
			if v[1] == "" {
				continue
			}
			f.own("custom_values", cells{"customized_type": "Principal", "customized_id": p.id, "custom_field_id": f.fields[v[0]], "value": v[1]}, p)
		}
		m := f.own("members", cells{"user_id": p.id, "project_id": f.projects[i%3], "created_on": f.now()}, p)
		f.own("member_roles", cells{"member_id": m, "role_id": 3 + i%3}, p)
	}
}

// gang makes a group, which is a row of users too, with members and what they inherit.
func (f *redmine) gang(name string, project int, of ...*person) int {
	id := f.put("users", f.created(cells{"type": "Group", "lastname": name, "status": 1}))
	m := f.put("members", cells{"user_id": id, "project_id": project, "created_on": f.now()})
	from := f.put("member_roles", cells{"member_id": m, "role_id": 4})
	for _, p := range of {
		f.own("groups_users", cells{"group_id": id, "user_id": p.id}, p)
		for _, r := range f.rows["members"] {
			if r["user_id"] == p.id && r["project_id"] == project {
				m, _ = r["id"].(int)
				f.own("member_roles", cells{"member_id": m, "role_id": 4, "inherited_from": from}, p)
			}
		}
	}
	return id
}
