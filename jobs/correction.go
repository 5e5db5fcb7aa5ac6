package jobs

import "time"

// Correction applies an accepted correction with optimistic locking. Row: request.
const Correction Kind = "correction"

func correctionSpec() Spec {
	return Spec{Kind: Correction, Queue: QueueWork, Timeout: time.Minute, Attempts: 12}
}
