//go:build schemas

package schemas

import "slices"

// rtReferences: no foreign key is declared in RT. A number of a principal is a user's or a group's; the user's own group
// (ACLEquivalence) has another number, and rights hang on that.
func rtReferences() []reference {
	out := []reference{
		{"users", "id", "id = $1"},
		{"principals", "id", "id = $1"},
		{"principals", "id (own group)", "id in (select id from groups where domain = 'ACLEquivalence' and instance = $1)"},
		{"groups", "instance", "domain = 'ACLEquivalence' and instance = $1"},
		{"groups", "description", "domain = 'ACLEquivalence' and description = 'ACL equiv. for user ' || $2"},
		{"groupmembers", "memberid", "memberid = $1"},
		{"cachedgroupmembers", "memberid", "memberid = $1"},
		{"acl", "principalid", "principaltype = 'Group' and principalid in (select id from groups where domain = 'ACLEquivalence' and instance = $1)"},
		{"tickets", "owner", "owner = $1"},
		{"authtokens", "owner", "owner = $1"},
		{"attributes", "objectid", "objecttype = 'RT::User' and objectid = $1"},
		{"objectcustomfieldvalues", "objectid", "objecttype = 'RT::User' and objectid = $1"},
		{"transactions", "objectid", "objecttype = 'RT::User' and objectid = $1"},
		{"transactions", "newvalue", "type in ('AddWatcher', 'SetWatcher') and newvalue = $2"},
		{"transactions", "oldvalue", "type in ('DelWatcher', 'SetWatcher') and oldvalue = $2"},
		{"transactions", "newvalue", "type = 'Set' and field = 'Owner' and newvalue = $2"},
		{"transactions", "oldvalue", "type = 'Set' and field = 'Owner' and oldvalue = $2"},
		{"transactions", "field", "type in ('AddMember', 'DeleteMember') and field = $2"},
		{"transactions", "newvalue", "type in ('AddLink', 'DeleteLink') and newvalue = 'user://" + organization + "/' || $2"},
		{"links", "target", "target = 'user://" + organization + "/' || $2"},
	}
	both := []string{
		"acl", "articles", "assets", "attributes", "authtokens", "catalogs", "classes", "configurations", "customfields", "customfieldvalues", "customroles", "groupmembers", "groups", "links",
		"objectclasses", "objectcustomfields", "objectcustomfieldvalues", "objectcustomroles", "objectscrips", "queues", "scripactions", "scripconditions", "scrips", "templates", "tickets", "users",
	}
	for _, table := range slices.Concat(both, []string{"attachments", "transactions"}) {
		out = append(out, reference{table, "creator", "creator = $1"})
	}
	for _, table := range both {
		out = append(out, reference{table, "lastupdatedby", "lastupdatedby = $1"})
	}
	return out
}
