package jobs

import "time"

// Code makes a code for the browser that asked on the share page, and the mail with it. Row: event.
const Code Kind = "code"

func codeSpec() Spec {
	return Spec{Kind: Code, Queue: QueueUrgent, Timeout: 30 * time.Second, Attempts: 10}
}
