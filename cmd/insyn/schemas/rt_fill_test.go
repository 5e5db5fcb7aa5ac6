//go:build schemas

package schemas

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// rt fills Request Tracker as its own code does (lib/RT of the package): which row each act writes, and what stands where.
type rt struct {
	*writer
	text    *writing
	at      time.Time
	queues  map[string]int // by name
	tickets []*ticket
}

// The fixtures of lib/RT/Handle.pm, InsertInitialData: RT does not start without them.
const (
	rtSystem = 1 // user RT_System
	rtNobody = 6 // user Nobody, who owns what nobody owns
	rtRoot   = 12

	rtEveryone, rtPrivileged, rtUnprivileged = 3, 4, 5
)

const organization = "hjalpen.example" // $Organization: stands in every URI of RT

// now gives the next moment: no two acts at once.
func (f *rt) now() time.Time {
	f.at = f.at.Add(17 * time.Minute)
	return f.at
}

// stamp adds who made a row and when.
func (f *rt) stamp(r cells, by int) cells {
	r["creator"], r["created"] = by, f.now()
	return r
}

// stamped adds who made and last changed a row and when.
func (f *rt) stamped(r cells, by int) cells {
	r = f.stamp(r, by)
	r["lastupdatedby"], r["lastupdated"] = by, r["created"]
	return r
}

func (f *rt) fixtures() {
	user := func(id int, name, real, comments string) {
		f.put("principals", cells{"id": id, "principaltype": "User"})
		f.put("users", f.stamped(cells{"id": id, "name": name, "realname": real, "comments": comments, "password": "*NO-PASSWORD*"}, rtSystem))
		f.equivalence(id, id+1, nil)
	}
	user(rtSystem, "RT_System", "The RT System itself", "Do not delete or modify this user. It is integral to RT's internal database structures")
	user(rtNobody, "Nobody", "Nobody in particular", "Do not delete or modify this user. It is integral to RT's internal data structures")
	user(rtRoot, "root", "Enoch Root", "SuperUser")
	for i, name := range []string{"Everyone", "Privileged", "Unprivileged"} {
		id := rtEveryone + i
		f.put("principals", cells{"id": id, "principaltype": "Group"})
		f.put("groups", f.stamped(cells{"id": id, "domain": "SystemInternal", "name": name, "description": "Pseudogroup for internal use"}, rtSystem))
		f.cached(id, id, nil)
	}
	for i, name := range []string{"Owner", "Requestor", "Cc", "AdminCc"} {
		id := 8 + i
		f.put("principals", cells{"id": id, "principaltype": "Group"})
		f.put("groups", f.stamped(cells{"id": id, "domain": "RT::System-Role", "name": name, "instance": 1}, rtSystem))
		f.cached(id, id, nil)
	}
	f.put("acl", f.stamped(cells{"principaltype": "Group", "principalid": rtSystem + 1, "rightname": "SuperUser", "objecttype": "RT::System", "objectid": 1}, rtSystem))
	for _, name := range []string{"General", "Lokaler", "Inköp"} {
		f.queues[name] = f.put("queues", f.stamped(cells{
			"name": name, "description": "Kön " + name, "correspondaddress": plain(name) + "@" + organization, "lifecycle": "default", "subjecttag": name,
		}, rtRoot))
	}
	f.put("scripactions", f.stamped(cells{"name": "Notify Requestors", "description": "Sends a message to the requestors", "execmodule": "Notify", "argument": "Requestor"}, rtSystem))
	f.put("scripconditions", f.stamped(cells{"name": "On Correspond", "description": "Whenever correspondence comes in", "execmodule": "AnyTransaction", "applicabletranstypes": "Correspond"}, rtSystem))
	f.put("templates", f.stamped(cells{"name": "Correspondence", "description": "Default correspondence template", "type": "Perl", "content": "RT-Attach-Message: yes\n\n{$Transaction->Content()}\n"}, rtSystem))
}

// fillRT writes a help desk of some months into Request Tracker.
func fillRT(t *testing.T, pool *pgxpool.Pool, c *cast) *writer {
	t.Helper()
	f := &rt{writer: newWriter(t, pool, c), text: newWriting(5), at: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), queues: map[string]int{}}
	f.fixtures()
	f.users()
	f.everyday()
	f.shared()
	f.corners()
	f.flush(t, pool)
	return f.writer
}

// everyday is what everybody has: tickets of one's own, answered by staff.
func (f *rt) everyday() {
	var staff []*person
	for _, p := range f.cast.all {
		if p.staff {
			staff = append(staff, p)
		}
	}
	for i, p := range f.cast.all {
		for n := range 3 {
			helper := staff[(i+n)%len(staff)]
			k := f.open([]string{"General", "Lokaler", "Inköp"}[n], p, helper, f.text.topic())
			f.reply(k, p, f.text.line(), f.text.line())
			f.reply(k, helper, f.text.line())
			f.note(k, helper, f.text.line())
			if n == 0 {
				other := f.cast.all[(i*7+3)%len(f.cast.all)]
				f.note(k, helper, f.text.mention(other))
			}
			f.tickets = append(f.tickets, k)
		}
	}
}

// shared is where the sharer meets others: tickets with several watchers, texts that name several people at once.
func (f *rt) shared() {
	s, mate := f.cast.sharer, f.cast.spouse
	for i := range 6 {
		other := f.cast.all[10+i]
		k := f.open("Lokaler", other, f.cast.all[len(f.cast.all)-1-i], f.text.topic(), s, mate)
		f.reply(k, s, f.text.mention(other), f.text.line())
		f.reply(k, other, "Både "+s.name()+" och "+mate.name()+" har skrivit om detta.", f.text.mention(s))
		f.note(k, k.owner, "Ring "+s.nickname+" på "+s.mobile+", inte "+f.cast.all[11+i].name()+".")
		f.put("transactions", f.stamp(cells{
			"objecttype": "RT::Ticket", "objectid": k.id, "type": "Set", "field": "Subject", "oldvalue": "Ärende från " + s.name() + " och " + mate.name(), "newvalue": k.subject,
		}, other.id), other)
	}
}

// note writes a comment that the requestor does not see.
func (f *rt) note(k *ticket, by *person, text string) int {
	id := f.transaction(k, "Comment", by.id, "", by)
	f.attach(id, 0, by.id, cells{"subject": k.subject, "headers": "From: " + by.mail + "\nSubject: " + k.subject + "\n"}, "text/plain", text, by)
	return id
}
