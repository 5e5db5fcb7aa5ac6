//go:build schemas

package schemas

import "fmt"

type issue struct {
	id, project int
	author      *person
	assigned    *person
}

func (f *redmine) issue(project int, author, assigned *person, subject, description string) *issue {
	i := &issue{id: f.id("issues"), project: project, author: author, assigned: assigned}
	r := f.created(cells{
		"id": i.id, "tracker_id": 1 + i.id%3, "project_id": project, "subject": subject, "description": description, "status_id": 1, "priority_id": 1,
		"author_id": author.id, "root_id": i.id, "lft": 1, "rgt": 2,
	})
	if assigned != nil {
		r["assigned_to_id"] = assigned.id
	}
	f.put("issues", r, author, assigned)
	return i
}

// detail is what a journal says was changed; numbers of users stand in it as text.
type detail struct {
	property, key string
	old, now      any
	about         []*person
}

// journal writes a note, changes, or both on an issue.
func (f *redmine) journal(i *issue, by *person, notes string, details ...detail) int {
	id := f.put("journals", cells{"journalized_type": "Issue", "journalized_id": i.id, "user_id": by.id, "notes": notes, "created_on": f.now()}, by)
	for _, d := range details {
		f.put("journal_details", cells{"journal_id": id, "property": d.property, "prop_key": d.key, "old_value": d.old, "value": d.now}, d.about...)
	}
	return id
}

// assign hands an issue from one person to another.
func assign(from, to *person) detail {
	return detail{property: "attr", key: "assigned_to_id", old: number10(from), now: number10(to), about: []*person{from, to}}
}

func number10(p *person) any {
	if p == nil {
		return nil
	}
	return fmt.Sprint(p.id)
}

func (f *redmine) watch(kind string, id int, p *person) {
	f.own("watchers", cells{"watchable_type": kind, "watchable_id": id, "user_id": p.id}, p)
}

// everyday is what everybody has: issues of one's own, handed on, answered, time written.
func (f *redmine) everyday() {
	all := f.cast.all
	for n, p := range all {
		for k := range 3 {
			helper := all[(n+10+k)%len(all)]
			i := f.issue(f.projects[k], p, helper, f.text.topic(), f.text.line()+"\n\n"+f.text.line())
			f.issues = append(f.issues, i)
			f.journal(i, helper, f.text.line(), assign(nil, helper), detail{property: "attr", key: "status_id", old: "1", now: "2"})
			f.watch("Issue", i.id, all[(n+5)%len(all)])
			f.put("time_entries", f.created(cells{
				"project_id": i.project, "user_id": helper.id, "author_id": helper.id, "issue_id": i.id, "hours": 1.5, "comments": f.text.line(), "activity_id": 3,
				"spent_on": f.at, "tyear": 2026, "tmonth": 1, "tweek": 3,
			}), helper)
			if k == 0 {
				f.journal(i, helper, f.text.mention(all[(n*7+3)%len(all)]))
			}
		}
	}
}

// shared is where the sharer meets others: watchers, texts that name several people, references by login and number.
func (f *redmine) shared() {
	s, mate := f.cast.sharer, f.cast.spouse
	for k := range 6 {
		other := f.cast.all[10+k]
		i := f.issue(f.projects[1], other, s, f.text.topic(), "Både "+s.name()+" och "+mate.name()+" har frågat. "+f.text.mention(other))
		f.watch("Issue", i.id, s)
		f.watch("Issue", i.id, mate)
		f.journal(i, s, f.text.mention(other)+" "+f.text.line(), assign(s, other))
		f.journal(i, other, fmt.Sprintf("@%s och @%s, se user#%d (inte user#%d0). %s", s.login, mate.login, s.id, s.id, f.text.mention(s)), assign(other, s))
		f.put("custom_values", cells{"customized_type": "Issue", "customized_id": i.id, "custom_field_id": f.fields["Granskare"], "value": fmt.Sprint(s.id)}, s)
		f.put("custom_values", cells{"customized_type": "Issue", "customized_id": i.id, "custom_field_id": f.fields["Granskare"], "value": fmt.Sprint(mate.id)}, mate)
	}
	f.gang("Valberedningen", f.projects[1], s, f.cast.all[10], f.cast.all[13])
}
