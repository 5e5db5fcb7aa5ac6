//go:build schemas

package schemas

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
)

// equivalence writes the group that each user has for its rights (groups.domain ACLEquivalence), with the user as its member.
func (f *rt) equivalence(user, group int, p *person) {
	f.own("principals", cells{"id": group, "principaltype": "Group"}, p)
	f.own("groups", f.stamped(cells{"id": group, "domain": "ACLEquivalence", "name": "UserEquiv", "instance": user, "description": fmt.Sprintf("ACL equiv. for user %d", user)}, rtSystem), p)
	f.cached(group, group, p)
	f.member(group, user, rtSystem, p, nil)
}

// cached writes the line that RT's rights are read from; p is the member, or whose group it is.
func (f *rt) cached(group, member int, p *person) {
	id := f.id("cachedgroupmembers")
	f.own("cachedgroupmembers", cells{"id": id, "groupid": group, "memberid": member, "via": id, "immediateparentid": group, "disabled": 0}, p)
}

func (f *rt) member(group, member, by int, p, adder *person) {
	f.own("groupmembers", f.stamped(cells{"groupid": group, "memberid": member}, by), p, adder)
	f.cached(group, member, p)
}

// group makes a group of any domain, by whom.
func (f *rt) group(r cells, by int, about ...*person) int {
	id := f.id("principals")
	r["id"] = id
	f.put("principals", cells{"id": id, "principaltype": "Group"})
	f.put("groups", f.stamped(r, by), about...)
	f.cached(id, id, nil)
	return id
}

// users makes everybody: a principal, the user of the same number, the user's own group, memberships.
func (f *rt) users() {
	for _, p := range f.cast.all {
		p.id = f.id("principals")
		f.own("principals", cells{"id": p.id, "principaltype": "User"}, p)
		f.own("users", f.stamped(f.account(p), rtRoot), p)
		f.equivalence(p.id, f.id("principals"), p)
		f.member(rtEveryone, p.id, rtRoot, p, nil)
		if p.staff {
			f.member(rtPrivileged, p.id, rtRoot, p, nil)
		} else {
			f.member(rtUnprivileged, p.id, rtRoot, p, nil)
		}
		f.own("transactions", f.stamp(cells{"objecttype": "RT::User", "objectid": p.id, "type": "Create"}, rtRoot), p)
		f.own("authtokens", f.stamped(cells{
			"owner": p.id, "token": fmt.Sprintf("1!%x", sha256.Sum256([]byte(p.login))), "description": "kalendern hos " + p.login, "lastused": f.now(),
		}, p.id), p)
	}
}

func (f *rt) account(p *person) cells {
	return cells{
		"id": p.id, "name": p.login, "password": fmt.Sprintf("!bcrypt!12!%x", sha256.Sum256([]byte(p.login+"x")))[:70], "authtoken": fmt.Sprintf("%x", md5.Sum([]byte(p.login)))[:16],
		"emailaddress": p.mail, "realname": p.name(), "nickname": p.nickname, "gecos": p.login[:min(16, len(p.login))], "organization": "Bolaget " + p.city,
		"homephone": p.phone, "workphone": "010-100 20 30", "mobilephone": p.mobile, "address1": p.street, "zip": p.postcode, "city": p.city, "country": "Sverige",
		"lang": "sv", "timezone": "Europe/Stockholm", "signature": "-- \n" + p.name() + "\n" + p.mobile, "freeformcontactinfo": "Privat: " + p.private + "\nKund " + p.customerNo,
		"comments": "",
	}
}

// changed writes that somebody changed one of a user's own fields: old and new value go into the history.
func (f *rt) changed(p, by *person, field, old, value string) {
	f.own("transactions", f.stamp(cells{"objecttype": "RT::User", "objectid": p.id, "type": "Set", "field": field, "oldvalue": old, "newvalue": value}, by.id), p, by)
}
