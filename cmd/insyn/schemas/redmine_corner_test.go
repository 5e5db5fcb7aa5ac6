//go:build schemas

package schemas

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
)

// corners puts the scattered person wherever Redmine has room for somebody.
func (f *redmine) corners() {
	f.oldValues()
	f.values()
	f.files()
	f.wiki()
	f.talk()
	f.searches()
	f.code()
	f.imports()
	f.furniture()
}

func (f *redmine) helper(i int) *person { return f.cast.all[len(f.cast.all)-1-i] }

// oldValues: what an issue said before stays in journal_details, as text or as a number of a user.
func (f *redmine) oldValues() {
	p, by, other := f.cast.scattered, f.helper(0), f.cast.all[20]
	i := f.issue(f.projects[0], p, by, "Kontrakt för "+p.name(), f.text.mention(p)+"\n\n"+f.text.mention(other))
	f.issues = append(f.issues, i)
	f.journal(i, by, "", detail{property: "attr", key: "subject", old: "Kontrakt för " + p.given + " " + p.former, now: "Kontrakt för " + p.name()})
	f.journal(i, p, "", detail{property: "attr", key: "description", old: f.text.line() + "\n" + f.text.mention(p), now: f.text.mention(other)})
	f.journal(i, by, "Bytte granskare.", assign(p, by),
		detail{property: "cf", key: fmt.Sprint(f.fields["Granskare"]), old: fmt.Sprint(p.id), now: fmt.Sprint(by.id), about: []*person{p, by}},
		detail{property: "cf", key: fmt.Sprint(f.fields["Anmäld av"]), old: p.surname + ", " + p.given, now: other.name()},
		// The same digits, but hours and not a user.
		detail{property: "attr", key: "estimated_hours", old: fmt.Sprint(p.id), now: fmt.Sprint(p.id * 10)})
	f.journal(i, p, "Min privata adress är "+p.street+", "+p.postcode+" "+p.city+".", detail{property: "attachment", key: "1", now: "CV_" + plain(p.given+"_"+p.surname) + ".pdf"})
	f.put("journals", cells{"journalized_type": "Issue", "journalized_id": i.id, "user_id": by.id, "notes": "Internt: " + f.text.mention(p), "private_notes": true, "created_on": f.now()}, by)
}

// values: custom fields of users, issues, projects and time, whose text may be a user's number.
func (f *redmine) values() {
	p, by := f.cast.scattered, f.helper(1)
	value := func(kind string, id int, field, text string, about ...*person) {
		f.put("custom_values", cells{"customized_type": kind, "customized_id": id, "custom_field_id": f.fields[field], "value": text}, about...)
	}
	for _, i := range f.issues[30:36] {
		value("Issue", i.id, "Anmäld av", p.name())
		value("Issue", i.id, "Granskare", fmt.Sprint(p.id), p)
		value("Issue", i.id, "Bakgrund", f.text.mention(p)+"\n"+f.text.mention(f.cast.all[22]))
		value("Issue", i.id, "Kontakt", p.name())
	}
	value("Issue", f.issues[36].id, "Anmäld av", fmt.Sprint(p.id)) // a text that happens to be the number
	value("Project", f.projects[2], "Beställare", p.name()+", "+p.mobile)
	// Says nothing but who it is, so it may go with them.
	f.own("custom_values", cells{"customized_type": "Principal", "customized_id": f.cast.all[23].id, "custom_field_id": f.fields["Närmaste chef"], "value": fmt.Sprint(p.id)}, p, f.cast.all[23])
	f.put("custom_field_enumerations", cells{"custom_field_id": f.fields["Jour"], "name": p.nickname + " " + p.mobile, "position": 1})
	for _, r := range f.rows["custom_fields"] {
		if r["id"] == f.fields["Kontakt"] {
			r["possible_values"], r["default_value"] = "---\n- "+p.name()+"\n- "+f.cast.all[22].name()+"\n", p.name()
			f.also("custom_fields", f.fields["Kontakt"], p, f.cast.all[22])
		}
	}
	entry := f.put("time_entries", f.created(cells{
		"project_id": f.projects[0], "user_id": p.id, "author_id": by.id, "hours": 2.0, "comments": "Möte hos " + p.name() + " på " + p.street, "activity_id": 3,
		"spent_on": f.at, "tyear": 2026, "tmonth": 2, "tweek": 6,
	}), p, by)
	value("TimeEntry", entry, "Debiteras", "Faktura till "+p.customerNo)
}

// files: the bytes lie on disk; the database has their names, of which one is a copy with the time before it, or a hash where the name is not ASCII.
func (f *redmine) files() {
	p, by := f.cast.scattered, f.helper(2)
	file := func(kind string, id int, name, description string, author *person) {
		onDisk := name
		if plain(name) != name {
			onDisk = fmt.Sprintf("%x.pdf", md5.Sum([]byte(name)))
		}
		f.put("attachments", cells{
			"container_type": kind, "container_id": id, "filename": name, "disk_filename": "260214093000_" + onDisk, "disk_directory": "2026/02", "filesize": int64(48213),
			"content_type": "application/pdf", "digest": fmt.Sprintf("%x", sha256.Sum256([]byte(name))), "author_id": author.id, "created_on": f.now(), "description": description,
		}, author)
	}
	last := f.issues[len(f.issues)-1]
	file("Issue", last.id, "CV_"+p.given+"_"+p.surname+".pdf", "Levnadsbeskrivning", p)
	file("Issue", last.id, "intyg_"+plain(p.given+"_"+p.surname)+".pdf", "", by)
	file("Issue", f.issues[3].id, "skylt.pdf", "Till dörren hos "+p.name(), by)
	document := f.put("documents", cells{"project_id": f.projects[1], "category_id": 4, "title": "Hyresavtal " + p.surname, "description": "Hyrestagare: " + p.name() + "\n" + p.street, "created_on": f.now()})
	file("Document", document, "avtal_"+p.customerNo+".pdf", "", by)
}

// wiki: the current text, and every version before it as bytes: plain, or deflated once wiki_compression is on.
func (f *redmine) wiki() {
	p, by, other := f.cast.scattered, f.helper(3), f.cast.all[24]
	page := f.put("wiki_pages", cells{"wiki_id": f.wikis[f.projects[0]], "title": "Kontakt_" + p.given + "_" + p.surname, "created_on": f.now()})
	f.put("wiki_redirects", cells{"wiki_id": f.wikis[f.projects[0]], "title": "Kontakt_" + p.former, "redirects_to": "Kontakt_" + p.given + "_" + p.surname, "redirects_to_wiki_id": f.wikis[f.projects[0]], "created_on": f.now()})
	text := "h1. Kontakt\n\n* " + p.name() + ", " + p.phone + "\n* " + other.name() + ", " + other.phone + "\n\n" + fmt.Sprintf("Se user:%s eller user#%d.", p.login, p.id)
	content := f.put("wiki_contents", cells{"page_id": page, "author_id": p.id, "text": text, "comments": "La till " + p.nickname, "version": 3, "updated_on": f.now()}, p)
	for n, body := range []string{"h1. Kontakt\n\n* " + p.given + " " + p.former, "h1. Kontakt\n\n* " + p.name() + "\n" + f.text.mention(other), text} {
		var b bytes.Buffer
		compression := ""
		if n == 0 {
			b.WriteString(body)
		} else {
			compression = "gzip" // is what Redmine calls it; the bytes are of zlib
			z := zlib.NewWriter(&b)
			_, _ = z.Write([]byte(body))
			_ = z.Close()
		}
		author := []*person{p, by, p}[n]
		f.put("wiki_content_versions", cells{"wiki_content_id": content, "page_id": page, "author_id": author.id, "data": b.Bytes(), "compression": compression, "comments": "", "updated_on": f.now(), "version": n + 1}, author, p)
	}
	f.watch("WikiPage", page, p)
}

// talk: forum, news, comments.
func (f *redmine) talk() {
	p, by, other := f.cast.scattered, f.helper(4), f.cast.all[25]
	board := f.boards[f.projects[2]]
	topic := f.put("messages", f.created(cells{"board_id": board, "subject": "Fråga från " + p.name(), "content": f.text.signed(p, f.text.line()), "author_id": p.id, "replies_count": 1}), p)
	reply := f.put("messages", f.created(cells{"board_id": board, "parent_id": topic, "subject": "RE: Fråga från " + p.name(), "content": "> " + p.name() + " skrev:\n> " + f.text.line() + "\n\n@" + p.login + " " + f.text.mention(other), "author_id": by.id}), by)
	for _, r := range f.rows["messages"] {
		if r["id"] == topic {
			r["last_reply_id"] = reply
		}
	}
	for _, r := range f.rows["boards"] {
		if r["id"] == board {
			r["topics_count"], r["messages_count"], r["last_message_id"], r["description"] = 1, 2, reply, "Frågor till "+p.name()
			f.also("boards", board, p)
		}
	}
	news := f.put("news", cells{"project_id": f.projects[0], "title": "Välkommen " + p.name(), "summary": p.nickname + " börjar på måndag", "description": f.text.mention(p), "author_id": by.id, "comments_count": 1, "created_on": f.now()}, by)
	f.put("comments", f.created(cells{"commented_type": "News", "commented_id": news, "author_id": p.id, "content": "Tack! Hälsar " + p.nickname}), p)
	f.put("comments", f.created(cells{"commented_type": "News", "commented_id": news, "author_id": other.id, "content": "Välkommen " + p.name() + "!"}), other)
	f.watch("News", news, p)
	f.watch("Message", topic, p)
	f.watch("Board", board, p)
}

// searches: YAML with numbers of users as texts in lists.
func (f *redmine) searches() {
	p, other := f.cast.scattered, f.cast.all[26]
	query := func(by *person, name string, visibility int, filters string, about ...*person) {
		r := cells{"type": "IssueQuery", "name": name, "user_id": by.id, "visibility": visibility, "filters": filters, "options": "--- {}\n", "sort_criteria": "---\n- - id\n  - desc\n"}
		if visibility == 0 {
			f.own("queries", r, by, about...)
			return
		}
		f.put("queries", r, append(about, by)...)
	}
	filter := func(field string, values ...string) string {
		out := "---\n" + field + ":\n  :operator: \"=\"\n  :values:\n"
		for _, v := range values {
			out += "  - '" + v + "'\n"
		}
		return out
	}
	query(p, "Mitt", 0, filter("author_id", fmt.Sprint(p.id)))
	query(p, "Allas från mig", 2, filter("assigned_to_id", "me", fmt.Sprint(other.id)), other)
	query(other, "Hos "+p.name(), 2, filter("assigned_to_id", fmt.Sprint(p.id), fmt.Sprint(other.id)), p)
	query(other, "Tio gånger fler", 0, filter("author_id", fmt.Sprint(p.id*10)))
	query(other, "Text", 2, filter("subject", p.surname))
}

// code: committers are texts of the version control, beside a number where Redmine knew them.
func (f *redmine) code() {
	p, other := f.cast.scattered, f.cast.all[27]
	repository := f.put("repositories", cells{"project_id": f.projects[1], "type": "Repository::Git", "url": "/srv/git/" + p.login + "/portalen.git", "login": p.login, "identifier": "portalen"})
	commit := func(n int, committer string, user *person, comments string) int {
		r := cells{"repository_id": repository, "revision": fmt.Sprintf("%040x", n), "scmid": fmt.Sprintf("%040x", n), "committer": committer, "committed_on": f.now(), "comments": comments}
		if user != nil {
			r["user_id"] = user.id
		}
		id := f.put("changesets", r, user)
		f.put("changes", cells{"changeset_id": id, "action": "M", "path": "/src/main.rb"})
		return id
	}
	a := commit(1, p.mailbox(), p, "Rättar felet, refs #101")
	b := commit(2, p.given+" "+p.former+" <"+p.private+">", nil, "Signed-off-by: "+p.mailbox())
	c := commit(3, other.mailbox(), other, "Efter samtal med "+p.name())
	f.put("changes", cells{"changeset_id": b, "action": "A", "path": "/doc/CV_" + plain(p.given+"_"+p.surname) + ".pdf"})
	f.put("changesets_issues", cells{"changeset_id": a, "issue_id": f.issues[0].id})
	f.put("changeset_parents", cells{"changeset_id": b, "parent_id": a})
	f.put("changeset_parents", cells{"changeset_id": c, "parent_id": b})
}

// imports: a file of users read in; the type of what was made stands in the parent row.
func (f *redmine) imports() {
	p, by := f.cast.scattered, f.helper(5)
	id := f.put("imports", cells{"type": "UserImport", "user_id": by.id, "filename": "personer_" + p.surname + ".csv", "settings": "---\nseparator: \";\"\nmapping:\n  login: '0'\n", "total_items": 2, "finished": true, "created_at": f.now(), "updated_at": f.at}, by)
	f.own("import_items", cells{"import_id": id, "position": 1, "obj_id": p.id, "message": "", "unique_id": p.customerNo}, p)
	f.own("import_items", cells{"import_id": id, "position": 2, "obj_id": f.cast.all[28].id, "message": ""}, f.cast.all[28])
	f.put("import_items", cells{"import_id": id, "position": 3, "message": "E-post " + p.mail + " är redan upptagen"})
	issues := f.put("imports", cells{"type": "IssueImport", "user_id": p.id, "filename": "fel.csv", "settings": "--- {}\n", "total_items": 1, "finished": true, "created_at": f.now(), "updated_at": f.at}, p)
	f.put("import_items", cells{"import_id": issues, "position": 1, "obj_id": p.id}) // an issue of the same number
}

// furniture: places that the office fills in itself, where a name may stand as well.
func (f *redmine) furniture() {
	p, other := f.cast.scattered, f.cast.all[29]
	f.put("issue_categories", cells{"project_id": f.projects[0], "name": "Hos " + p.nickname, "assigned_to_id": p.id}, p)
	f.put("issue_categories", cells{"project_id": f.projects[0], "name": "Övrigt", "assigned_to_id": other.id}, other)
	f.put("versions", f.created(cells{"project_id": f.projects[0], "name": "1.0", "description": "Beställd av " + p.name(), "wiki_page_title": "Kontakt_" + p.given + "_" + p.surname}))
	f.put("settings", cells{"name": "welcome_text", "value": "Frågor? " + p.name() + " på " + p.mobile, "updated_on": f.now()})
	f.put("settings", cells{"name": "emails_footer", "value": "Ansvarig: " + p.mail, "updated_on": f.now()})
	f.put("auth_sources", cells{"type": "AuthSourceLdap", "name": "Katalogen", "host": "ldap.example", "account": "uid=" + p.login + ",ou=folk,dc=example", "base_dn": "dc=example"})
	for _, r := range f.rows["projects"] {
		if r["id"] == f.projects[2] {
			r["default_assigned_to_id"], r["description"] = p.id, "Sponsor: "+p.name()
			f.also("projects", f.projects[2], p)
		}
	}
	for _, r := range f.rows["users"] {
		if r["id"] == p.id {
			r["twofa_scheme"], r["twofa_totp_key"] = "totp", "c2VjcmV0"
		}
	}
	f.gang("Vänner till "+p.surname, f.projects[0], p, f.cast.all[12])
	f.put("watchers", cells{"watchable_type": "Issue", "watchable_id": f.issues[1].id, "user_id": f.gang("Jour", f.projects[2], other)})
}
