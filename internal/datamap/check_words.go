package datamap

import "slices"

// The words that the map may use.
var (
	bases       = []string{"consent", "contract", "legal_obligation", "legitimate_interest", "vital_interest", "public_task"}
	provenances = []string{"provided", "observed", "derived", "staff", "third_party", "register"}
	discloses   = []string{"yes", "no", "mask_others"}
	edits       = []string{"name", "email", "phone", "personnummer", "date", "text", "choice"}
	types       = []string{"text", "number", "money", "date", "time", "bool", "json", "list"}
	documents   = []string{"delete", "list", "blank"}
	encodings   = []string{"base64", "quoted-printable", "zlib", "gzip", "storable"}
	roles       = []string{
		"name", "given", "surname", "former_surname", "nickname", "email", "email.primary", "email.bounced", "email.changed",
		"phone", "phone.primary", "phone.changed", "personnummer", "address.street", "address.postcode", "address.city",
		"customer_no", "handle", "language", "organisation", "register_id", "protected", "birth_date",
		"consent.newsletter", "consent.newsletter.at", "consent.newsletter.how", "consent.newsletter.wording", "consent.newsletter.by",
		"consent.processing", "consent.processing.at", "consent.processing.how", "consent.processing.wording", "consent.processing.by",
		"log.box", "log.state", "log.at", "log.how", "log.wording", "log.by",
	}
)

// oneOf says whether a word is allowed; an empty word always is.
func oneOf(word string, words []string) bool { return word == "" || slices.Contains(words, word) }
