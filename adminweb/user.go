package adminweb

import (
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"

	"insyn/internal/account"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

type usersPage struct {
	frame
	Users []userRow
}

type userRow struct {
	ID          int64
	Name, Email string
	Roles       []string
	Warn        string // what several roles at once mean
	Disabled    bool
}

type userPage struct {
	frame
	User     userRow
	Own      bool
	Roles    *form
	Password *form
	Ability  *form // disable or enable
}

func (v *visit) userRow(a account.Account) userRow {
	r := userRow{ID: a.ID, Name: a.Name, Email: a.Email, Disabled: a.DisabledAt != nil}
	for _, role := range a.Roles {
		r.Roles = append(r.Roles, v.T("admin.role."+string(role)))
	}
	if a.Has(dsar.Administrator) && a.Has(dsar.DPO) {
		r.Warn = v.T("admin.users.warn_roles") // a DPO must not decide on what they watch over (GDPR Art. 38(6))
	}
	return r
}

func (s *site) users(w http.ResponseWriter, v *visit) error {
	list, err := account.List(v.Context(), s.Pool)
	if err != nil {
		return err
	}
	p := usersPage{frame: v.frame("admin.nav.users")}
	for _, a := range list {
		p.Users = append(p.Users, v.userRow(a))
	}
	return s.show(w, v, http.StatusOK, "users", p)
}

// roleBoxes adds a box a role; ticked are those of has, or those that were posted.
func (f *form) roleBoxes(has []dsar.Role) {
	in := f.choose("checks", "roles", "", "administrator", "dpo", "handler", "ops")
	ticked := map[string]bool{}
	for _, r := range has {
		ticked[string(r)] = true
	}
	if f.v.PostForm != nil {
		ticked = map[string]bool{}
		for _, r := range f.v.PostForm["roles"] {
			ticked[r] = true
		}
	}
	for i := range in.Options {
		in.Options[i].Selected = ticked[in.Options[i].Value]
	}
}

func (v *visit) postedRoles() []dsar.Role {
	var roles []dsar.Role
	for _, r := range v.PostForm["roles"] {
		roles = append(roles, dsar.Role(r))
	}
	return roles
}

func (v *visit) newUserForm() *form {
	f := v.form("/users/new", "admin.users.create")
	f.add("text", "name", "").must()
	f.add("email", "email", "").must()
	f.roleBoxes(nil)
	f.choose("radio", "language", "sv", "sv", "en")
	f.add("password", "password", "").must().auto("new-password")
	return f
}

func (s *site) newUserPage(w http.ResponseWriter, v *visit) error {
	return s.show(w, v, http.StatusOK, "user_new", loginPage{frame: v.frame("admin.users.new"), Form: v.newUserForm()})
}

func (s *site) createUser(w http.ResponseWriter, v *visit) error {
	ctx := v.Context()
	f := v.newUserForm()
	if err := v.required("name", "email", "password", "roles"); err != nil {
		_ = f.mark(err) // nothing but empty fields
		return s.show(w, v, http.StatusBadRequest, "user_new", loginPage{frame: v.frame("admin.users.new"), Form: f})
	}
	err := postgres.InTx(ctx, s.Pool, func(tx pgx.Tx) error {
		_, err := account.Create(ctx, tx, account.New{
			Email: v.field("email"), Name: v.field("name"), Password: v.PostFormValue("password"),
			Roles: v.postedRoles(), Language: v.field("language"),
		}, v.who.ID)
		return err
	})
	if err := f.mark(err); err != nil {
		return err
	}
	if f.failed() {
		return s.show(w, v, http.StatusBadRequest, "user_new", loginPage{frame: v.frame("admin.users.new"), Form: f})
	}
	v.flash("user_created")
	return v.seeOther(w, "/users")
}

func (s *site) userPage(w http.ResponseWriter, v *visit) error {
	return s.showUser(w, v, http.StatusOK, nil)
}

// showUser shows one account; bad is what was wrong with the form that was posted.
func (s *site) showUser(w http.ResponseWriter, v *visit, status int, bad error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	a, err := account.Get(v.Context(), s.Pool, id)
	if err != nil {
		return err
	}
	path := "/users/" + strconv.FormatInt(id, 10)
	p := userPage{frame: v.frame("admin.nav.users"), User: v.userRow(a), Own: a.ID == v.who.ID}
	p.Title = a.Name
	p.Roles = v.form(path+"/roles", "admin.users.save_roles")
	p.Roles.roleBoxes(a.Roles)
	p.Password = v.form(path+"/password", "admin.users.set_password")
	p.Password.add("password", "password", "").must().auto("new-password")
	p.Ability = v.form(path+"/disable", "admin.users.disable")
	p.Ability.Danger = true
	if a.DisabledAt != nil {
		p.Ability = v.form(path+"/enable", "admin.users.enable")
	}
	var wrong *form
	switch v.Pattern {
	case "POST /users/{id}/roles":
		wrong = p.Roles
	case "POST /users/{id}/password":
		wrong = p.Password
	default:
		wrong = p.Ability
	}
	if err := wrong.mark(bad); err != nil {
		return err
	}
	return s.show(w, v, status, "user", p)
}

// changeUser runs one change of an account and goes back to it.
func (s *site) changeUser(w http.ResponseWriter, v *visit, change func(tx pgx.Tx, id int64) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := postgres.InTx(v.Context(), s.Pool, func(tx pgx.Tx) error { return change(tx, id) }); err != nil {
		return s.showUser(w, v, http.StatusBadRequest, err)
	}
	v.flash("user_saved")
	return v.seeOther(w, "/users/"+strconv.FormatInt(id, 10))
}

func (s *site) setRoles(w http.ResponseWriter, v *visit) error {
	return s.changeUser(w, v, func(tx pgx.Tx, id int64) error {
		return account.SetRoles(v.Context(), tx, id, v.postedRoles(), v.who.ID)
	})
}

// resetPassword sets another account's password and so ends its sessions; one's own is changed with the old one at hand.
func (s *site) resetPassword(w http.ResponseWriter, v *visit) error {
	return s.changeUser(w, v, func(tx pgx.Tx, id int64) error {
		if id == v.who.ID {
			return &dsar.Invalid{Field: "password", Problem: "own_account"}
		}
		return account.SetPassword(v.Context(), tx, id, v.PostFormValue("password"), v.who.ID)
	})
}

func (s *site) disableUser(w http.ResponseWriter, v *visit) error {
	return s.changeUser(w, v, func(tx pgx.Tx, id int64) error {
		if id == v.who.ID {
			return &dsar.Invalid{Field: "account", Problem: "own_account"}
		}
		return account.Disable(v.Context(), tx, id, v.who.ID)
	})
}

func (s *site) enableUser(w http.ResponseWriter, v *visit) error {
	return s.changeUser(w, v, func(tx pgx.Tx, id int64) error {
		return account.Enable(v.Context(), tx, id, v.who.ID)
	})
}
