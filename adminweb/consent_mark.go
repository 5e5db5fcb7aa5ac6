package adminweb

// consentMark is the icon of one box beside a name: an envelope for newsletters, a shield for processing.
type consentMark struct {
	Box, Tone, Words, Href string
	// Show is false for somebody who comes from the register and whose card nobody has touched.
	Show bool
}

// consentMarks are the two icons; they lead to the boxes on the card.
func (v *visit) consentMarks(card, newsletter, processing string, touched bool) []consentMark {
	return []consentMark{v.consentMark(card, "newsletter", newsletter, touched), v.consentMark(card, "processing", processing, touched)}
}

func (v *visit) consentMark(card, box, state string, touched bool) consentMark {
	if state == "" {
		state = "unknown"
	}
	m := consentMark{Box: box, Tone: "no", Href: card + "#" + box, Words: v.T(consentKey(box)+".label") + ": " + v.consentState(box, state), Show: touched}
	if state == "unknown" || state == "yes" {
		m.Tone = state
	}
	return m
}

// consentKey begins the keys of the words of a box.
func consentKey(box string) string {
	if box == "processing" {
		return "processing"
	}
	return "consent"
}

func (v *visit) consentState(box, state string) string {
	if key := consentKey(box) + "." + state; v.has(key) {
		return v.T(key)
	}
	return v.T("consent." + state)
}
