package demo

import (
	"time"

	"insyn/internal/democrm"
)

// tell says where to click.
func (d *demo) tell() {
	d.printf("\nReady after %.1f s.\n\n", time.Since(d.begun).Seconds())
	d.printf("  Pages for the company   %s\n", d.env["INSYN_WEB_URL"])
	d.printf("  Mails that were sent    %s\n", d.env["DEMO_INBOX_URL"])
	d.printf("  Page for customers      %s   (open it from a mail)\n\n", d.env["INSYN_SHARE_URL"])
	d.printf("  Logins\n")
	for _, p := range People() {
		d.printf("    %-26s %-26s %s\n", p.Email, d.env[p.secret], roleWords(p.Roles))
	}
	d.printf(`
  To begin: log in as the data protection officer, search for %s, press Share information, look at the copy
  and send it; read the mail, open its link, ask for the code, type it. Then anonymise somebody as one administrator
  and approve it as the other.

  From another shell in this folder: %s request list (or jobs list, check, help); it reads %s.
  Ctrl-C stops everything; the next start goes on with these data. Start over: %s demo --reset
`, democrm.KnownPerson(democrm.Unique).FullName(), d.Program, d.envPath(), d.Program)
}
