package jobs

import "time"

// Collect gathers a request's people by the data map and writes artefact, link and mail in one commit. Row: request.
const Collect Kind = "collect"

func collectSpec() Spec {
	return Spec{Kind: Collect, Queue: QueueWork, Timeout: 30 * time.Minute, Attempts: 12}
}
