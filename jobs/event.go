package jobs

import "time"

// Event turns what a person did on the share page into requests and mails. Row: event.
const Event Kind = "event"

func eventSpec() Spec {
	return Spec{Kind: Event, Queue: QueueUrgent, Timeout: time.Minute, Attempts: 12}
}
