package jobs

import "time"

// Rehearsal runs an erasure and rolls it back. Row: request.
const Rehearsal Kind = "rehearsal"

func rehearsalSpec() Spec {
	return Spec{Kind: Rehearsal, Queue: QueueHeavy, Timeout: 60 * time.Minute, Attempts: 8}
}
