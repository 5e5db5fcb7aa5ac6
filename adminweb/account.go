package adminweb

import (
	"net/http"

	"github.com/jackc/pgx/v5"

	"insyn/internal/account"
	"insyn/internal/postgres"
)

type accountPage struct {
	frame
	Name, Email string
	Roles       []string
	Form        *form
}

func (s *site) passwordForm(v *visit) *form {
	f := v.form("/account/password", "admin.account.change")
	f.add("password", "current_password", "").must().auto("current-password")
	f.add("password", "new_password", "").must().auto("new-password")
	return f
}

func (s *site) accountPage(w http.ResponseWriter, v *visit) error {
	return s.showAccount(w, v, http.StatusOK, s.passwordForm(v))
}

func (s *site) showAccount(w http.ResponseWriter, v *visit, status int, f *form) error {
	p := accountPage{frame: v.frame("admin.account.title"), Name: v.who.Name, Email: v.who.Email, Form: f}
	for _, r := range v.who.Roles {
		p.Roles = append(p.Roles, v.T("admin.role."+string(r)))
	}
	return s.show(w, v, status, "account", p)
}

// changePassword asks for the old password, and ends all other sessions of the account.
func (s *site) changePassword(w http.ResponseWriter, v *visit) error {
	ctx := v.Context()
	f := s.passwordForm(v)
	right, err := s.door.VerifyPassword(ctx, v.who.ID, v.PostFormValue("current_password"))
	if err != nil {
		return err
	}
	if !right {
		f.wrong("current_password", "wrong_password")
		return s.showAccount(w, v, http.StatusBadRequest, f)
	}
	err = postgres.InTx(ctx, s.Pool, func(tx pgx.Tx) error {
		return account.SetPassword(ctx, tx, v.who.ID, v.PostFormValue("new_password"), v.who.ID)
	})
	if err := f.mark(renamed(err, "password", "new_password")); err != nil {
		return err
	}
	if f.failed() {
		return s.showAccount(w, v, http.StatusBadRequest, f)
	}
	a, err := account.Get(ctx, s.Pool, v.who.ID)
	if err != nil {
		return err
	}
	if err := s.enter(ctx, a); err != nil {
		return err
	}
	v.flash("password_changed")
	return v.seeOther(w, "/account")
}
