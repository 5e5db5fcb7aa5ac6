//go:build schemas

package schemas

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// corners puts the scattered person wherever Request Tracker has room for somebody.
func (f *rt) corners() {
	f.pastOfUser()
	f.customFields()
	f.bodies()
	f.attributes()
	f.sessions()
	f.rights()
	f.linked()
	f.furniture()
}

func (f *rt) helper(i int) *person { return f.cast.all[len(f.cast.all)-1-i] }

// pastOfUser: RT writes old and new values of a user's own fields into the same table as the histories of tickets.
func (f *rt) pastOfUser() {
	p, by := f.cast.scattered, f.helper(0)
	f.changed(p, by, "RealName", p.given+" "+p.former, p.name())
	f.changed(p, p, "EmailAddress", strings.ToLower(plain(p.given+"."+p.former))+"@fjallporten.example", p.mail)
	f.changed(p, p, "MobilePhone", "", p.mobile)
	f.changed(p, p, "Password", "********", "********")
	f.changed(p, by, "FreeformContactInfo", "Kund "+p.customerNo+", "+strings.Repeat("nås helst på förmiddagen; ", 7)+p.name(), "")
	comment := f.own("transactions", f.stamp(cells{"objecttype": "RT::User", "objectid": p.id, "type": "Comment"}, by.id), p, by)
	f.mine["attachments"] = map[string]*person{text10(f.attach(comment, 0, by.id, cells{"subject": "Samtal"}, "text/plain", f.text.mention(p), by)): p}
	other := f.cast.all[20]
	f.put("transactions", f.stamp(cells{"objecttype": "RT::User", "objectid": other.id, "type": "Set", "field": "Comments", "oldvalue": "Granne till " + p.name(), "newvalue": ""}, by.id), other, by)
}

// customFields: values on users and tickets, old ones kept with disabled = 1, a choice that is a name.
func (f *rt) customFields() {
	p, by := f.cast.scattered, f.helper(1)
	field := func(name, kind, lookup string) int {
		id := f.put("customfields", f.stamped(cells{"name": name, "type": kind, "maxvalues": 1, "lookuptype": lookup}, p.id), p)
		f.put("objectcustomfields", f.stamped(cells{"customfield": id, "objectid": 0}, p.id), p)
		return id
	}
	number := field("Kundnummer", "Freeform", "RT::User")
	contact := field("Kontaktperson", "Select", "RT::Queue-RT::Ticket")
	story := field("Bakgrund", "Text", "RT::Queue-RT::Ticket")
	paper := field("Underlag", "Binary", "RT::Queue-RT::Ticket")
	f.put("customfieldvalues", f.stamped(cells{"customfield": contact, "name": p.name(), "description": "ring " + p.mobile}, by.id), by)
	f.put("customfieldvalues", f.stamped(cells{"customfield": contact, "name": f.cast.all[9].name(), "description": "växeln"}, by.id), by)
	for _, o := range f.cast.all {
		f.own("objectcustomfieldvalues", f.stamped(cells{"customfield": number, "objecttype": "RT::User", "objectid": o.id, "content": o.customerNo}, by.id), o, by)
	}
	for i, k := range f.tickets[30:36] {
		old := f.put("objectcustomfieldvalues", f.stamped(cells{"customfield": contact, "objecttype": "RT::Ticket", "objectid": k.id, "content": p.name(), "disabled": 1}, by.id), by)
		now := f.put("objectcustomfieldvalues", f.stamped(cells{"customfield": contact, "objecttype": "RT::Ticket", "objectid": k.id, "content": f.cast.all[9].name()}, by.id), by)
		f.put("transactions", f.stamp(cells{
			"objecttype": "RT::Ticket", "objectid": k.id, "type": "CustomField", "field": fmt.Sprint(contact), "oldvalue": p.name(), "newvalue": f.cast.all[9].name(),
			"referencetype": "RT::ObjectCustomFieldValue", "oldreference": old, "newreference": now,
		}, by.id), by)
		long := strings.Repeat(f.text.line()+"\n", 6) + f.text.mention(p) + "\n" + f.text.mention(f.cast.all[12+i])
		f.put("objectcustomfieldvalues", f.stamped(cells{"customfield": story, "objecttype": "RT::Ticket", "objectid": k.id, "largecontent": long, "contenttype": "text/plain"}, by.id), by)
	}
	f.put("objectcustomfieldvalues", f.stamped(cells{
		"customfield": paper, "objecttype": "RT::Ticket", "objectid": f.tickets[36].id, "content": "Intyg_" + plain(p.given+"_"+p.surname) + ".docx",
		"largecontent": lined(base64.StdEncoding.EncodeToString(docx("Härmed intygas att " + p.name() + ", " + p.street + ", har gått kursen."))),
		"contenttype":  "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "contentencoding": "base64",
	}, by.id), by)
}

// bodies: the same words in HTML, in a forwarded mail, in an office file, in bytes.
func (f *rt) bodies() {
	p, by := f.cast.scattered, f.helper(2)
	k := f.open("Inköp", p, by, "Ansökan från "+p.name(), f.cast.all[15])
	in := f.transaction(k, "Correspond", p.id, "", p)
	top := f.attach(in, 0, p.id, cells{
		"messageid": "<a1." + p.login + "@fjallporten.example>", "subject": k.subject,
		"headers": "From: " + p.mailbox() + "\nTo: hjalp@" + organization + "\nCc: " + f.cast.all[15].mailbox() + ",\n\t" + f.cast.spouse.mailbox() + "\nSubject: " + k.subject + "\nContent-Type: multipart/mixed;\n boundary=\"=_1\"\n",
	}, "multipart/mixed", "", p, f.cast.all[15], f.cast.spouse)
	part := func(kind, file, body string) {
		r := cells{"headers": "Content-Type: " + kind + "\n"}
		if file != "" {
			r["filename"], r["headers"] = file, "Content-Type: "+kind+"\nContent-Disposition: attachment; filename=\""+file+"\"\n"
		}
		f.attach(in, top, p.id, r, kind, body, p)
	}
	part("text/plain", "", f.text.signed(p, f.text.line(), f.text.line()))
	part("text/html", "", "<p>Hej!</p><p>Jag heter <b>Ingeg&auml;rd</b> M&aring;ne<i>str&aring;le</i> och n&aring;s p&aring; <a href=\"mailto:"+p.mail+"\">"+p.mail+"</a>.</p>")
	part("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "CV_"+plain(p.given+"_"+p.surname)+".docx", string(docx("Levnadsbeskrivning för "+p.name()+", mobil "+p.mobile)))
	part("application/octet-stream", "kontakt.dat", "\x00\x01\x02kort\x00"+p.name()+"\x00"+p.phone+"\x00")
	part("message/rfc822", "", "From: "+f.cast.all[17].mailbox()+"\nTo: "+p.mailbox()+"\nSubject: Sv: "+k.subject+"\n\nHej "+p.nickname+"!\n"+f.text.line()+"\n")
	f.transaction(k, "Forward Ticket", by.id, p.mailbox()+", "+f.cast.all[16].mail, by)
	f.transaction(k, "SystemError", rtSystem, "Could not send mail to "+p.mail)
	merged := f.open("Inköp", p, nil, f.text.topic())
	for _, r := range f.rows["tickets"] {
		if r["id"] == merged.id {
			r["effectiveid"], r["ismerged"], r["status"] = k.id, int16(1), "resolved"
		}
	}
	reminder := f.id("tickets")
	f.put("tickets", f.stamped(cells{"id": reminder, "effectiveid": reminder, "queue": f.queues["General"], "type": "reminder", "owner": p.id, "subject": "Ring " + p.name(), "status": "open"}, by.id), by, p)
}

// attributes: what RT serialises, and what it writes as plain text, in one column.
func (f *rt) attributes() {
	p, by := f.cast.scattered, f.helper(3)
	store := func(name, description string, on string, id int, content any, of *person, about ...*person) {
		r := cells{"name": name, "description": description, "objecttype": on, "objectid": id, "content": content, "contenttype": ""}
		if s, ok := content.(string); !ok {
			r["content"], r["contenttype"] = frozen(content), "storable"
		} else {
			r["content"] = s
		}
		creator := by
		if of != nil {
			creator = of
		}
		if on == "RT::User" && of != nil {
			f.own("attributes", f.stamped(r, creator.id), of, about...)
			return
		}
		f.put("attributes", f.stamped(r, creator.id), append(about, creator)...)
	}
	for _, o := range f.cast.all {
		store("Pref-RT::System", "", "RT::User", o.id, map[string]any{"DefaultQueue": "1", "EmailFrequency": "Individual messages", "Signature": o.name()}, o)
		store("RecentlyViewedTickets", "", "RT::User", o.id, []any{[]any{f.tickets[0].id, 1772000000}, []any{f.tickets[5].id, 1772000100}}, o)
	}
	store("Bookmarks", "", "RT::User", p.id, map[string]any{fmt.Sprint(f.tickets[3].id): 1}, p)
	store("SavedSearch", "Mina ärenden", "RT::User", p.id, map[string]any{"SearchType": "Ticket", "Query": "Requestor.EmailAddress = '" + p.mail + "' AND Status != 'resolved'", "RowsPerPage": 50, "Order": "ASC|ASC"}, p)
	store("SavedSearch", p.name(), "RT::User", by.id, map[string]any{"SearchType": "Ticket", "Query": "Owner = '" + p.login + "' OR Subject LIKE '" + p.surname + "'", "RowsPerPage": 50}, by)
	store("SavedSearch", "Öppna hos "+f.cast.all[14].name(), "RT::System", 1, map[string]any{"SearchType": "Ticket", "Query": "Watcher.Name = '" + f.cast.all[14].login + "' OR Watcher.Name = '" + p.login + "'"}, nil)
	store("SquelchMailTo", "", "RT::Ticket", f.tickets[40].id, p.mail, nil)
	store("SquelchMailTo", "", "RT::Ticket", f.tickets[41].id, f.cast.all[13].mail, nil)
	txn := f.transaction(f.tickets[42], "Correspond", by.id, "", by)
	store("DeferredRecipients", "", "RT::Transaction", txn, map[string]any{"daily": map[string]any{p.mail: map[string]any{"_sent": 0}, f.cast.all[13].mail: map[string]any{"_sent": 0}}}, nil)
	store("Subscription", "Subscription to dashboard 7", "RT::User", by.id, map[string]any{"DashboardId": 7, "Frequency": "weekly", "Recipients": map[string]any{"Users": []any{fmt.Sprint(p.id), fmt.Sprint(f.cast.all[13].id), p.private}, "Groups": []any{}}}, by, p, f.cast.all[13])
}

// sessions: no column leads to a user, only the object inside the serialised bytes.
func (f *rt) sessions() {
	p := f.cast.scattered
	session := func(o *person, extra map[string]any) {
		data := map[string]any{
			"_session_id": fmt.Sprintf("%032x", 7000+o.id),
			"CurrentUser": blessed{"RT::CurrentUser", map[string]any{"table": "Users", "values": map[string]any{"id": o.id, "name": o.login, "realname": o.name(), "emailaddress": o.mail}}},
		}
		for k, v := range extra {
			data[k] = v
		}
		f.own("sessions", cells{"id": fmt.Sprintf("%032x", 7000+o.id), "a_session": []byte(frozen(data)), "lastupdated": f.now()}, o)
	}
	session(p, map[string]any{"CurrentSearchHash": map[string]any{"Query": "Requestor.EmailAddress = '" + p.mail + "'"}})
	for i, o := range f.cast.all[30:40] {
		extra := map[string]any{}
		if i == 4 {
			extra["CurrentSearchHash"] = map[string]any{"Query": "Subject LIKE '" + p.surname + "' OR Requestor.Name = '" + p.login + "'"}
		}
		session(o, extra)
	}
}

// rights: of the user's own group, of a group of people, as watcher of a queue.
func (f *rt) rights() {
	p, by := f.cast.scattered, f.helper(4)
	equivalence := 0
	for _, r := range f.rows["groups"] {
		if r["domain"] == "ACLEquivalence" && r["instance"] == p.id {
			equivalence = r["id"].(int)
		}
	}
	for _, right := range []string{"ShowTicket", "ReplyToTicket", "OwnTicket"} {
		f.own("acl", f.stamped(cells{"principaltype": "Group", "principalid": equivalence, "rightname": right, "objecttype": "RT::Queue", "objectid": f.queues["Inköp"]}, by.id), p, by)
	}
	board := f.group(cells{"domain": "UserDefined", "name": "Styrelsen", "description": "Sammankallande: " + p.name()}, by.id, by)
	f.put("acl", f.stamped(cells{"principaltype": "Group", "principalid": board, "rightname": "SeeQueue", "objecttype": "RT::System", "objectid": 1}, p.id), p)
	for _, o := range []*person{p, f.cast.sharer, f.cast.all[18]} {
		f.member(board, o.id, by.id, o, by)
		f.own("transactions", f.stamp(cells{"objecttype": "RT::Group", "objectid": board, "type": "AddMember", "field": fmt.Sprint(o.id)}, by.id), o, by)
		f.own("transactions", f.stamp(cells{"objecttype": "RT::User", "objectid": o.id, "type": "AddMembership", "field": fmt.Sprint(board)}, by.id), o, by)
	}
	watch := f.group(cells{"domain": "RT::Queue-Role", "name": "AdminCc", "instance": f.queues["Inköp"]}, by.id, by)
	f.member(watch, p.id, by.id, p, by)
	f.put("transactions", f.stamp(cells{"objecttype": "RT::Queue", "objectid": f.queues["Inköp"], "type": "AddWatcher", "field": "AdminCc", "newvalue": fmt.Sprint(p.id)}, by.id), p, by)
	k := f.tickets[50]
	f.put("transactions", f.stamp(cells{"objecttype": "RT::Ticket", "objectid": k.id, "type": "SetWatcher", "field": "Owner", "oldvalue": fmt.Sprint(p.id), "newvalue": fmt.Sprint(by.id)}, by.id), p, by)
	f.put("transactions", f.stamp(cells{"objecttype": "RT::Ticket", "objectid": k.id, "type": "DelWatcher", "field": "Cc", "oldvalue": fmt.Sprint(p.id)}, by.id), p, by)
	f.put("transactions", f.stamp(cells{"objecttype": "RT::Ticket", "objectid": k.id, "type": "DelWatcher", "field": "Cc", "oldvalue": fmt.Sprint(p.id * 10)}, by.id), by)
}

// linked: a user as the end of a link, by address.
func (f *rt) linked() {
	p, by := f.cast.scattered, f.helper(5)
	user := func(o *person) string { return fmt.Sprintf("user://%s/%d", organization, o.id) }
	for i, o := range []*person{p, f.cast.all[19]} {
		k := f.tickets[60+i]
		// Says nothing but who it is, so it may go with them.
		f.own("links", f.stamped(cells{"base": fmt.Sprintf("fsck.com-rt://%s/ticket/%d", organization, k.id), "target": user(o), "type": "RefersTo", "localbase": k.id}, by.id), o, by)
		f.put("transactions", f.stamp(cells{"objecttype": "RT::Ticket", "objectid": k.id, "type": "AddLink", "field": "RefersTo", "newvalue": user(o)}, by.id), o, by)
	}
	k := f.tickets[62]
	f.put("links", f.stamped(cells{"base": fmt.Sprintf("fsck.com-rt://%s/ticket/%d", organization, k.id), "target": "https://intranet.example/folk/" + p.login, "type": "RefersTo", "localbase": k.id}, p.id), p)
}

// furniture: places that the office fills in itself, where a name may stand as well.
func (f *rt) furniture() {
	p, by, other := f.cast.scattered, f.helper(6), f.cast.all[21]
	class := f.put("classes", f.stamped(cells{"name": "Handbok", "description": "Ansvarig " + p.name()}, by.id), by)
	article := f.put("articles", f.stamped(cells{"name": "Så når du " + p.nickname, "summary": f.text.mention(p), "class": class, "uri": "https://intranet.example/" + p.login}, p.id), p)
	f.put("topics", cells{"name": "Frågor om " + p.surname, "description": "", "objecttype": "RT::Class", "objectid": class})
	f.put("objectcustomfieldvalues", f.stamped(cells{"customfield": 999, "objecttype": "RT::Article", "objectid": article, "content": "", "largecontent": f.text.mention(p) + "\n" + f.text.mention(other), "contenttype": "text/plain"}, by.id), by)
	catalog := f.put("catalogs", f.stamped(cells{"name": "Datorer"}, by.id), by)
	asset := f.put("assets", f.stamped(cells{"name": "Dator " + p.login, "catalog": catalog, "status": "in-use", "description": "Lånad av " + p.name()}, by.id), by)
	held := f.group(cells{"domain": "RT::Asset-Role", "name": "HeldBy", "instance": asset}, by.id, by)
	f.member(held, p.id, by.id, p, by)
	f.put("transactions", f.stamp(cells{"objecttype": "RT::Asset", "objectid": asset, "type": "Set", "field": "Description", "oldvalue": "Lånad av " + other.name(), "newvalue": "Lånad av " + p.name()}, by.id), by)
	f.put("templates", f.stamped(cells{"queue": f.queues["Inköp"], "name": "Autoreply", "type": "Perl", "content": "Frågor? Ring " + p.name() + ", " + p.mobile + "."}, by.id), by)
	f.put("scrips", f.stamped(cells{"description": "Till " + p.nickname, "template": "Autoreply", "customcommitcode": "$self->SetHeader('Cc', '" + p.mail + "'); 1;"}, by.id), by)
	f.put("customroles", f.stamped(cells{"name": "Intygsgivare", "description": "Oftast " + p.name(), "maxvalues": 0}, by.id), by)
	config, _ := json.Marshal(map[string]any{"Inköp": []string{p.mail, other.mail}})
	f.put("configurations", f.stamped(cells{"name": "ServiceAgreements", "content": string(config), "contenttype": "application/json"}, by.id), by)
	f.put("queues", f.stamped(cells{"name": "Kontoret " + p.surname, "description": "Privat kö", "commentaddress": p.login + "@" + organization}, p.id), p)
	for _, r := range f.rows["users"] {
		switch r["id"] {
		case p.id:
			r["comments"] = "Bytte namn från " + p.former + " 2024. " + f.text.mention(p)
			r["smimecertificate"] = "-----BEGIN CERTIFICATE-----\n" + lined(base64.StdEncoding.EncodeToString([]byte("0\x82\x03\x1f\x06\x03U\x04\x03\x0c "+p.name()+"\x16 "+p.mail+" \x00\x00"))) + "-----END CERTIFICATE-----\n"
		case other.id:
			r["comments"] = "Granne till " + p.name() + ", samma portkod."
			f.also("users", other.id, p)
		}
	}
}
