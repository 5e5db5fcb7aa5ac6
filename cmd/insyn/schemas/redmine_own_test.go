//go:build schemas

package schemas

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// ruby runs a program inside Redmine.
func (r *rails) ruby(t *testing.T, program string) string {
	t.Helper()
	return command(t, r.app, r.env, "bundle", "exec", "rails", "runner", program)
}

// destroy removes a user as the administrator's button does: User#destroy, which hands what they wrote to the anonymous user.
func (r *rails) destroy(t *testing.T, _ *pgxpool.Pool, p *person) {
	t.Helper()
	r.ruby(t, fmt.Sprintf("User.find(%d).destroy or raise 'refused'", p.id))
}

// sound lets Redmine itself read everything: every model's row, its YAML, its old wiki texts, and those it belongs to.
func (r *rails) sound(t *testing.T, _ *pgxpool.Pool) []string {
	t.Helper()
	out := r.ruby(t, `
		complain = lambda { |what| puts "! #{what}" }
		{
			Issue => %i[author project tracker status priority], Journal => %i[user journalized], TimeEntry => %i[user project], Message => %i[board], News => %i[author project],
			Comment => %i[author commented], Attachment => %i[author container], Member => %i[principal project], MemberRole => %i[member role], EmailAddress => %i[user],
			UserPreference => %i[user], Token => %i[user], WikiContent => %i[page], WikiContentVersion => %i[page], Query => %i[user], Import => %i[user],
			JournalDetail => %i[journal], Watcher => %i[user watchable], CustomValue => %i[customized custom_field]
		}.each do |model, needed|
			model.preload(*needed).find_each do |row|
				begin
					row.attributes
					needed.each { |n| complain.call("#{model} without #{n}") if row.send(n).nil? }
				rescue => e
					complain.call("#{model}: #{e.class}")
				end
			end
		end
		Query.find_each { |q| complain.call("Query filters") unless q.filters.is_a?(Hash) }
		UserPreference.find_each { |u| complain.call("UserPreference others") unless u.others.is_a?(Hash) }
		CustomField.where(field_format: 'list').find_each { |c| complain.call("CustomField values") unless c.possible_values.is_a?(Array) }
		WikiContentVersion.find_each { |v| begin; v.text.to_s.encode('UTF-16'); rescue => e; complain.call("WikiContentVersion text: #{e.class}"); end }
		everybody = Principal.ids
		JournalDetail.where(property: 'attr', prop_key: 'assigned_to_id').find_each do |d|
			[d.old_value, d.value].compact.each { |v| complain.call("JournalDetail assigned to no one") if v != '' && !everybody.include?(v.to_i) }
		end
		complain.call("no anonymous user") unless AnonymousUser.exists?
		Message.where(parent_id: nil).find_each { |m| complain.call("Message replies_count") if m.replies_count != m.children.count }
		puts "read"
	`)
	if !strings.HasSuffix(strings.TrimSpace(out), "read") {
		t.Fatalf("Redmine did not read to the end:\n%s", tail(out))
	}
	n := map[string]int{}
	for _, line := range strings.Split(out, "\n") {
		if what, ok := strings.CutPrefix(line, "! "); ok {
			n[what]++
		}
	}
	var complaints []string
	for what, times := range n {
		complaints = append(complaints, fmt.Sprintf("%s: %d", what, times))
	}
	return complaints
}
