package main

import (
	"context"
	"errors"
	"fmt"

	"insyn/internal/mail"
)

func mailCommand() command {
	return command{
		name:    "mail",
		summary: "send a test mail",
		usage: `insyn mail test ADDRESS

Sends one mail without any personal data to the address, through the mail server of INSYN_SMTP_*, and prints what came of
it: accepted, or a code and the mend.`,
		run: runMail,
	}
}

func runMail(ctx context.Context, a *app, args []string) error {
	if len(args) != 2 || args[0] != "test" {
		return wrongCall("say test and an address")
	}
	cfg, _, err := readConfig(a.env, procWorker)
	if err != nil {
		return err
	}
	if err := cfg.checkSMTP(); err != nil {
		return err
	}
	sender, err := cfg.sender()
	if err != nil {
		return err
	}
	if _, err := mail.ValidAddress(args[1]); err != nil {
		return errors.New("the address is not one that mail can be sent to")
	}
	outcome := sender.Send(ctx, mail.Message{
		To: args[1], FromName: "Insyn", Subject: "Insyn: test", MessageID: sender.MessageID(),
		Text: "This is a test of the mail server that Insyn uses. / Det här är ett prov av den e-postserver som Insyn använder.\n",
	})
	if outcome.State != mail.Accepted {
		if err := sender.Check(ctx); err != nil {
			return fmt.Errorf("%s: %w", outcome, err)
		}
		return fmt.Errorf("%s", outcome)
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", outcome)
	return err
}
