package jobs

import "time"

// Consent writes one of the two boxes into the source. Row: request.
const Consent Kind = "consent"

func consentSpec() Spec {
	return Spec{Kind: Consent, Queue: QueueWork, Timeout: time.Minute, Attempts: 12}
}
