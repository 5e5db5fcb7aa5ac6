//go:build schemas

package schemas

// redmineReferences: no foreign key is declared in Redmine. A number in users is a person's, a group's or a fixture's.
func redmineReferences() []reference {
	out := []reference{
		{"users", "id", "id = $1"},
		{"groups_users", "user_id", "user_id = $1"},
		{"custom_values", "customized_id", "customized_type = 'Principal' and customized_id = $1"},
		{"custom_values", "value", "value = $2 and custom_field_id in (select id from custom_fields where field_format = 'user')"},
		{"journal_details", "old_value", "property = 'attr' and prop_key = 'assigned_to_id' and old_value = $2"},
		{"journal_details", "value", "property = 'attr' and prop_key = 'assigned_to_id' and value = $2"},
		{"journal_details", "old_value (cf)", "property = 'cf' and prop_key in (select id::text from custom_fields where field_format = 'user') and old_value = $2"},
		{"journal_details", "value (cf)", "property = 'cf' and prop_key in (select id::text from custom_fields where field_format = 'user') and value = $2"},
		{"import_items", "obj_id", "obj_id = $1 and import_id in (select id from imports where type = 'UserImport')"},
		{"queries", "filters", `filters ~ ('(assigned_to_id|author_id|user_id|watcher_id|updated_by|last_updated_by):\n(  .*\n)*  - ''' || $2 || '''')`},
	}
	for _, c := range [][2]string{
		{"attachments", "author_id"},
		{"changesets", "user_id"},
		{"comments", "author_id"},
		{"email_addresses", "user_id"},
		{"imports", "user_id"},
		{"issue_categories", "assigned_to_id"},
		{"issues", "assigned_to_id"},
		{"issues", "author_id"},
		{"journals", "user_id"},
		{"members", "user_id"},
		{"messages", "author_id"},
		{"news", "author_id"},
		{"projects", "default_assigned_to_id"},
		{"queries", "user_id"},
		{"time_entries", "author_id"},
		{"time_entries", "user_id"},
		{"tokens", "user_id"},
		{"user_preferences", "user_id"},
		{"watchers", "user_id"},
		{"wiki_content_versions", "author_id"},
		{"wiki_contents", "author_id"},
	} {
		out = append(out, reference{c[0], c[1], c[1] + " = $1"})
	}
	for _, c := range [][2]string{
		{"issues", "description"}, {"journals", "notes"}, {"messages", "content"}, {"news", "description"}, {"comments", "content"}, {"wiki_contents", "text"},
	} {
		out = append(out, reference{c[0], c[1] + " (user#)", c[1] + ` ~ ('\muser#' || $2 || '\M')`})
	}
	return out
}
