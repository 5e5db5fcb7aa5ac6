package records_test

import (
	"testing"

	"insyn/internal/records"
)

// TestColumnsOfAnotherPersonAreWithheld: in a row of two persons each gets what is about them, and a reason for the rest.
func TestColumnsOfAnotherPersonAreWithheld(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"by keys": "mask_others", "at once": `"yes"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := small(t, `create table crm.referral (id int primary key, referrer_id int, referee_id int, referrer_note text, referee_note text);
				insert into crm.referral values (7, 1, 2, 'told us of a friend', 'wants a call')`, `
      crm.referral:
        label: {sv: Tips, en: Referrals}
        category: c
        purpose: work
        provenance: staff
        retention: contact
        path: [{name: referrer, on: {referrer_id: crm.person.id}}, {name: referee, on: {referee_id: crm.person.id}}]
        columns:
          id: {keep: number}
          referrer_id: {erase: cut, of: referrer, disclose: "no"}
          referee_id: {erase: cut, of: referee, disclose: "no"}
          referrer_note: {of: referrer, erase: null, disclose: `+path+`, label: {sv: Om den som tipsade, en: About the referrer}}
          referee_note: {of: referee, erase: null, disclose: `+path+`, label: {sv: Om den tipsade, en: About the referee}}
`)
			got := collected(t, s, records.CollectOptions{}, 1).records["crm.referral"]
			if len(got) != 1 || len(got[0].Values) != 2 {
				t.Fatalf("got %+v, want one record of two values", got)
			}
			own, other := got[0].Values[0], got[0].Values[1]
			if string(own.JSON) != `"told us of a friend"` || own.Withheld != "" {
				t.Errorf("what is about the person: %s, withheld %q", own.JSON, own.Withheld)
			}
			if string(other.JSON) != "null" || other.Withheld != "third_party" {
				t.Errorf("what is about somebody else: %s, withheld %q", other.JSON, other.Withheld)
			}
		})
	}
}
