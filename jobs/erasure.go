package jobs

import "time"

// Erasure anonymises a request's people: one commit point a source. Row: request.
const Erasure Kind = "erasure"

func erasureSpec() Spec {
	return Spec{Kind: Erasure, Queue: QueueHeavy, Timeout: 60 * time.Minute, Attempts: 12}
}
