// Package schemas proves the data map on systems that we did not design: Request Tracker and Redmine, as Debian packs
// them. Their schemas come from the packages when the tests run; nothing of theirs is kept here. `make schemas` runs it.
// The tests have the build tag schemas, since they fetch packages and need Ruby.
//
// Neither system declares a foreign key. What follows is read from their code, for whoever writes a map.
//
// # Request Tracker
//
// A person is a row of users with the same number in principals. Numbers of principals are users' or groups'; each user
// has a group of their own (groups.domain ACLEquivalence, instance = user), a member of itself, on which rights hang
// (acl.principalid). These rows go together: users, both principals, the group, groupmembers, cachedgroupmembers, acl.
// RT_System and Nobody must stay; users.name is unique and not null, without regard to case.
//
// Own rows: authtokens.owner; sessions (no column leads to the user: Base64 of Storable in bytea); and, where objecttype is
// RT::User and objectid the user, attributes (settings, saved searches), objectcustomfieldvalues and transactions (old and
// new values of the user's own fields).
//
// Shared rows: tickets. Who watches one is a member of its role group: tickets.id = groups.instance (domain RT::Ticket-Role),
// groups.id = groupmembers.groupid, memberid = users.id. tickets.owner and the group Owner say the same and must agree;
// Nobody stands in for no owner. transactions tell a ticket's history: the user's number as text in oldvalue and newvalue
// (AddWatcher, DelWatcher, SetWatcher; Set of Owner) or in field (AddMember), as address user://ORGANISATION/n (AddLink, also
// links.target), else free text, cut off at 255. attachments hold headers, Message-ID, and bodies in the encoding that
// contentencoding names. attributes of tickets and groups mix plain text (SquelchMailTo) and Storable (by contenttype).
// Old custom field values stay, disabled. creator and lastupdatedby (26 tables) are not null: they can point at Nobody.
//
// Names may stand in anything the office fills in: customfieldvalues, articles, assets, templates, scrips, queues, classes,
// topics, customroles, configurations, descriptions of groups.
//
// # Redmine
//
// A person is a row of users of type User; groups, the anonymous user and two built-in groups stand in the same table.
// The anonymous user (type AnonymousUser) takes over what deleted users wrote, and must stay or be made first. Phone, address
// and the like are custom_values of customized_type Principal, told apart by custom_field_id.
//
// Own rows: email_addresses, user_preferences, tokens, members with member_roles, groups_users (no primary key), watchers,
// private queries (visibility 0), import_items of a UserImport.
//
// Shared rows: issues, journals, messages, news, comments, time_entries, wiki_contents and their versions, attachments (the
// file lies on disk under disk_filename), changesets (committer is text, user_id may be null). Polymorphic pairs:
// container, customized, journalized, watchable, commented, each _type and _id. journal_details keep old values: a user's
// number as text (prop_key assigned_to_id, or a custom field of format user), a file name, a subject, a description.
// custom_values.value is a user's number where the field's format is user. queries.filters is YAML with lists of numbers.
// wiki_content_versions.data is deflated (zlib) where compression says gzip. Texts refer by @login, user:login, user#n.
// Messages and issues are counted and nested, so they are rewritten and not deleted.
//
// Names may stand in anything the office fills in: settings, boards, projects, versions, documents, categories, custom
// fields and their values, wiki titles and redirects, repositories, auth_sources, paths of changes.
package schemas
