package mail

import (
	"context"
	"errors"
	"net/textproto"
	"strings"
)

// Send takes one mail through one dialogue, of Config.Timeout at most, and tells what came of it.
// It never tries again by itself.
func (s *Sender) Send(ctx context.Context, m Message) Outcome {
	raw, to, err := m.write(s.config.From)
	if err != nil {
		return Outcome{Permanent, "message"}
	}
	d, f := s.open(ctx)
	if f != nil {
		return before(f)
	}
	outcome := d.deliver(ctx, s.config.From, to, raw)
	if outcome.State == Accepted || answered(outcome) {
		d.quit()
	} else {
		d.drop()
	}
	return outcome
}

// before is the outcome of a dialogue that did not get as far as the mail. A refusal here is
// about us and not about the recipient, so also a 5xx is tried again.
func before(f *fault) Outcome {
	switch {
	case f.code[0] == '4':
		return Outcome{Temporary, f.code}
	case f.step == login && f.code != "timeout" && f.code != "lost" && f.code != "cancelled":
		return Outcome{Unreachable, "auth"}
	}
	return Outcome{Unreachable, f.code}
}

// answered tells whether the server itself said so, and is still there to say goodbye to.
func answered(o Outcome) bool { return o.Code[0] == '4' || o.Code[0] == '5' }

func (d *dialogue) deliver(ctx context.Context, from, to string, raw []byte) Outcome {
	if err := d.client.Mail("<" + from + ">"); err != nil {
		return refused(ctx, err)
	}
	if err := d.client.Rcpt("<" + to + ">"); err != nil {
		return refused(ctx, err)
	}
	w, err := d.client.Data()
	if err != nil {
		return refused(ctx, err)
	}
	if _, err := w.Write(raw); err != nil {
		// The end of the message was not sent, so the server has nothing to deliver.
		return refused(ctx, err)
	}
	// From here on the server may have the whole of it. Only its own answer settles the matter.
	return settled(ctx, w.Close())
}

// refused reads an error from before the end of the message.
func refused(ctx context.Context, err error) Outcome {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		switch reply.Code / 100 {
		case 4:
			return Outcome{Temporary, replyCode(reply)}
		case 5:
			return Outcome{Permanent, replyCode(reply)}
		}
		return Outcome{Unreachable, "protocol"}
	}
	return Outcome{Unreachable, codeOf(ctx, err)}
}

// settled reads the answer to the end of the message.
func settled(ctx context.Context, err error) Outcome {
	if err == nil {
		return Outcome{Accepted, "250"}
	}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return Outcome{Ambiguous, codeOf(ctx, err)}
	}
	switch reply.Code / 100 {
	case 2:
		return Outcome{Accepted, strings.Fields(replyCode(reply))[0]}
	case 4:
		return Outcome{Temporary, replyCode(reply)}
	case 5:
		return Outcome{Permanent, replyCode(reply)}
	}
	return Outcome{Ambiguous, "protocol"}
}

// Check connects to the server, encrypts, logs in and leaves, without sending anything. Its
// errors name the step, a code and the mend.
func (s *Sender) Check(ctx context.Context) error {
	d, f := s.open(ctx)
	if f != nil {
		return f
	}
	if err := d.client.Noop(); err != nil {
		f := faultOf(ctx, idling, err)
		d.drop()
		return f
	}
	d.quit()
	return nil
}
