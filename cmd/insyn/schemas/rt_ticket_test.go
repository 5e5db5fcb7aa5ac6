//go:build schemas

package schemas

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"unicode"
)

// ticket is one case with its role groups.
type ticket struct {
	id        int
	subject   string
	requestor *person
	owner     *person // nil: nobody
	cc        []*person
	roles     map[string]int
}

// open makes a ticket as the mail gateway does: everything is created by the requestor.
func (f *rt) open(queue string, requestor, owner *person, subject string, cc ...*person) *ticket {
	k := &ticket{id: f.id("tickets"), subject: subject, requestor: requestor, owner: owner, cc: cc, roles: map[string]int{}}
	ownerID := rtNobody
	if owner != nil {
		ownerID = owner.id
	}
	f.put("tickets", f.stamped(cells{
		"id": k.id, "effectiveid": k.id, "queue": f.queues[queue], "type": "ticket", "owner": ownerID, "subject": subject, "status": "open",
	}, requestor.id), requestor, owner)
	for _, role := range []string{"Owner", "Requestor", "Cc", "AdminCc"} {
		k.roles[role] = f.group(cells{"domain": "RT::Ticket-Role", "name": role, "instance": k.id}, requestor.id, requestor)
	}
	f.member(k.roles["Owner"], ownerID, requestor.id, owner, requestor)
	f.member(k.roles["Requestor"], requestor.id, requestor.id, requestor, nil)
	f.put("transactions", f.stamp(cells{"objecttype": "RT::Ticket", "objectid": k.id, "type": "Create"}, requestor.id), requestor)
	for _, p := range cc {
		f.watch(k, "Cc", p, requestor)
	}
	if owner != nil {
		f.put("transactions", f.stamp(cells{
			"objecttype": "RT::Ticket", "objectid": k.id, "type": "Set", "field": "Owner", "oldvalue": fmt.Sprint(rtNobody), "newvalue": fmt.Sprint(owner.id),
		}, owner.id), owner)
	}
	return k
}

// watch makes somebody a watcher: a member of the ticket's role group, and a transaction with the user's number as text.
func (f *rt) watch(k *ticket, role string, p, by *person) {
	f.member(k.roles[role], p.id, by.id, p, by)
	f.put("transactions", f.stamp(cells{"objecttype": "RT::Ticket", "objectid": k.id, "type": "AddWatcher", "field": role, "newvalue": fmt.Sprint(p.id)}, by.id), p, by)
}

// reply writes a mail into a ticket, and the mail that RT sends on to everybody else.
func (f *rt) reply(k *ticket, from *person, lines ...string) int {
	text := f.text.signed(from, lines...)
	in := f.transaction(k, "Correspond", from.id, "", from)
	message := fmt.Sprintf("<%d.%s@%s>", in, from.login, domain(from.mail))
	headers := fmt.Sprintf("From: %s\nTo: hjalp@%s\nSubject: %s\nMessage-ID: %s\nX-Originating-IP: 192.0.2.7\nReceived: from dator-%s.%s by mx.%s\n",
		from.mailbox(), organization, k.subject, message, from.login, domain(from.mail), organization)
	f.attach(in, 0, from.id, cells{"messageid": message, "subject": k.subject, "headers": headers}, "text/plain", text, from)
	var to []string
	others := []*person{}
	for _, p := range append([]*person{k.requestor}, k.cc...) {
		if p != from {
			to, others = append(to, mime.QEncoding.Encode("utf-8", p.name())+" <"+p.mail+">"), append(others, p)
		}
	}
	if len(to) == 0 {
		return in
	}
	sent := fmt.Sprintf("<rt-5.0.3-%d-%d@%s>", k.id, in, organization)
	out := f.transaction(k, "EmailRecord", rtSystem, sent)
	headers = fmt.Sprintf("From: \"%s via RT\" <hjalp@%s>\nTo: %s\nSubject: [%s #%d] %s\nIn-Reply-To: %s\nReferences: %s\nMessage-ID: %s\nRT-Originator: %s\n",
		mime.QEncoding.Encode("utf-8", from.name()), organization, strings.Join(to, ",\n    "), organization, k.id, k.subject, message, message, sent, from.mail)
	f.attach(out, 0, rtSystem, cells{"messageid": sent, "subject": k.subject, "headers": headers}, "text/plain", text, append(others, from)...)
	return in
}

func (f *rt) transaction(k *ticket, kind string, by int, data string, about ...*person) int {
	r := f.stamp(cells{"objecttype": "RT::Ticket", "objectid": k.id, "type": kind}, by)
	if data != "" {
		r["data"] = data
	}
	return f.put("transactions", r, about...)
}

// attach stores one part of a mail the way _EncodeLOB does: quoted-printable where it is not ASCII, Base64 where it has a NUL.
func (f *rt) attach(transaction, parent, by int, r cells, kind, body string, about ...*person) int {
	r["transactionid"], r["parent"], r["contenttype"], r["contentencoding"], r["content"] = transaction, parent, kind, "none", body
	switch {
	case strings.Contains(body, "\x00"):
		r["contentencoding"], r["content"] = "base64", lined(base64.StdEncoding.EncodeToString([]byte(body)))
	case strings.ContainsFunc(body, func(c rune) bool { return c > unicode.MaxASCII }):
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte(body))
		_ = w.Close()
		r["contentencoding"], r["content"] = "quoted-printable", strings.ReplaceAll(b.String(), "\r\n", "\n")
	}
	return f.put("attachments", f.stamp(r, by), about...)
}

func lined(s string) string {
	var out strings.Builder
	for ; len(s) > 76; s = s[76:] {
		out.WriteString(s[:76] + "\n")
	}
	return out.String() + s + "\n"
}

func domain(mail string) string { return mail[strings.Index(mail, "@")+1:] }
