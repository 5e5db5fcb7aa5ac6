package jobs

import "time"

// Mail sends one message. Its own row says how often and how long. Row: mail.
const Mail Kind = "mail"

func mailSpec() Spec {
	return Spec{Kind: Mail, Queue: QueueUrgent, Timeout: 2 * time.Minute, Attempts: 60}
}
