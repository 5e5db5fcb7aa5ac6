// Package schemas proves the data map on systems that we did not design: Request Tracker and Redmine, as Debian packs
// them. Their schemas come from the packages when the tests run; nothing of theirs is kept here. `make schemas` runs it.
// The tests have the build tag schemas, since they fetch packages and need Ruby.
//
// Each test does what a company does: datamap init, the finished map (maps/rt.yaml, maps/redmine.yaml: examples, their
// comments say why), migrate, check, accept, plan, rehearse, erase with the rights of the worker, rescan. Then a judge that
// shares no code with Insyn reads a pg_dump: the person is named nowhere, in no encoding that these systems use, and no
// number of theirs is left; rows of others are byte-identical but where they named the person, and nothing of others is lost
// from those; the system itself still works with all of it (Perl thaws, Redmine's models read). insyn rescan searches once
// more by what somebody types who knows the person. One subject gets a copy, in which nobody else is. All of it must hold.
//
// # What the rounds found
//
// The systems' own erasers first: RT's AnonymizeUser leaves 239 traces in 34 columns and writes 18 more rows, Redmine's
// User#destroy leaves 173 in 45. Insyn's first run left 284 in RT and 72 in Redmine, and changed rows of colleagues.
//
//   - A row that two paths lead to was taken for one person's: colleagues' notes changed hands. A table with several paths
//     is always shareable now.
//   - Who typed a row made it theirs: a membership of somebody else would have gone. Paths as by, and by for a whole source;
//     then the worker lacked the right to cut those columns, and the check did not say so.
//   - Quoted-printable, Base64 and deflated texts were opened in the person's own rows only. They are opened in everybody's.
//   - Serialised settings (Storable) break when a name gets another length: document: blank covers it, byte for byte.
//   - One column holds phones, nicknames and customers' numbers by field: roles, each with its condition.
//   - YAML lists persons by number in other people's searches: refers_within. A word in brackets is a list there, so it
//     stands without them.
//   - A whole name in one column (role name) let the erasure fail. An address stood inside a free text and was not known.
//   - A person without a phone was not found in texts with trigram indexes: a null in SQL made the question false.
//   - File names join names by underscores; logins stand in message ids and hosts; a login with a number after it is
//     another's, which the rescan took for a trace.
//   - The person's copy held quoted-printable, unreadable and with others' names in it.
//   - What is not certain: a surname, a nickname or a former name alone in somebody else's text, 2 places in RT and 6 in
//     Redmine. The test lets somebody decide that these words point at the person (Erasure.Also), and then nothing is left.
//
// What stays open: the names of files on Redmine's disk are changed in the database alone, and the approver is told how many
// there are; a user's number inside Storable is not looked for; a former name in Redmine is known here because the office
// keeps it in a custom field; a session of somebody else that names the person ends, and they log in again.
//
// # How decisions were settled
//
// init asks 16 or 17 things of RT's 31 mapped tables, as the sample falls, and 14 of Redmine's 34 (median 0, at most 4 a table), and 5
// about purposes and times.
// They were settled by reading the systems' code: which type means a user, under which condition a text is a number, that
// Nobody and the anonymous user take over, what is packed how. init cannot know rights that hang on a user's own group, the
// ways through role groups, which rows are private, and what a field of the office's own holds.
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
