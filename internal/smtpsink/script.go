package smtpsink

import (
	"time"

	"github.com/emersion/go-smtp"
)

// Script decides the answer to the n-th recipient named (from 1), to.
type Script func(n int, to string) Answer

// Stage is a point of the dialogue.
type Stage int

// The stages, in their order.
const (
	AtRecipient Stage = iota // in answer to RCPT TO
	AtData                   // while the message is being sent, before its end is read
	AfterData                // when all of the message has been read
)

// Action is what happens at the stage.
type Action int

// The actions. The zero value accepts.
const (
	Accept Action = iota
	Refuse        // with Code
	Hang          // say nothing until the sink closes
	Drop          // close the connection without an answer
)

// Answer is the answer to one recipient.
type Answer struct {
	Stage  Stage
	Action Action
	Code   int    // 4xx or 5xx, for Refuse
	Status [3]int // the enhanced code, such as 5.1.1; none when zero
	Text   string // of the refusal
	Delay  time.Duration
	Keep   bool // store the message although no answer is given, as a server may have done
}

func (a Answer) refusal() error {
	status := smtp.NoEnhancedCode
	if a.Status != [3]int{} {
		status = smtp.EnhancedCode(a.Status)
	}
	text := a.Text
	if text == "" {
		text = "refused by script"
	}
	return &smtp.SMTPError{Code: a.Code, EnhancedCode: status, Message: text}
}
