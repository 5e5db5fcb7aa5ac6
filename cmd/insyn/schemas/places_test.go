//go:build schemas

package schemas

import "strings"

// rtPlaces says where each subject is in Request Tracker, as far as the generator put them there on purpose.
func rtPlaces() map[string][]string {
	user := "users.name users.realname users.emailaddress users.homephone users.mobilephone users.address1 users.signature users.freeformcontactinfo " +
		"attachments.content attachments.headers attachments.messageid attributes.content objectcustomfieldvalues.content "
	return map[string][]string{
		"thagelberg": strings.Fields(user),
		"oblaklint":  strings.Fields(user + "transactions.oldvalue"),
		"imanestrale": strings.Fields(user + `users.comments users.smimecertificate tickets.subject transactions.oldvalue transactions.newvalue transactions.data
			attachments.subject attachments.filename attributes.description objectcustomfieldvalues.largecontent customfieldvalues.name customfieldvalues.description
			sessions.a_session groups.description links.target articles.name articles.summary articles.uri topics.name classes.description assets.name assets.description
			templates.content scrips.description scrips.customcommitcode customroles.description configurations.content queues.name queues.commentaddress authtokens.description`),
	}
}

// redminePlaces says the same of Redmine.
func redminePlaces() map[string][]string {
	user := "users.login users.lastname email_addresses.address custom_values.value journals.notes "
	return map[string][]string{
		"thagelberg": strings.Fields(user),
		"oblaklint":  strings.Fields(user + "issues.description"),
		"imanestrale": strings.Fields(user + `issues.description issues.subject journal_details.old_value journal_details.value custom_fields.possible_values custom_fields.default_value
			custom_field_enumerations.name attachments.filename attachments.disk_filename attachments.description documents.title documents.description wiki_pages.title
			wiki_redirects.title wiki_redirects.redirects_to wiki_contents.text wiki_contents.comments wiki_content_versions.data messages.subject messages.content
			boards.description news.title news.summary news.description comments.content queries.name queries.filters repositories.url repositories.login
			changesets.committer changesets.comments changes.path imports.filename import_items.message import_items.unique_id issue_categories.name versions.description
			versions.wiki_page_title settings.value auth_sources.account projects.description time_entries.comments`),
	}
}
