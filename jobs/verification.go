package jobs

import "time"

// Verification searches every source for the identifiers that an erasure recorded. Row: request.
const Verification Kind = "verification"

func verificationSpec() Spec {
	return Spec{Kind: Verification, Queue: QueueHeavy, Timeout: 60 * time.Minute, Attempts: 12}
}
