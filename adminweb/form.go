package adminweb

import (
	"errors"

	"insyn/internal/dsar"
)

// form is one form of a page: its fields with what was typed, and what is wrong with them.
type form struct {
	Action string
	Submit string // the words on the button
	Danger bool
	Once   string
	Inputs []*input
	Wrong  []wrongField // the summary above the form

	// prefix keeps the ids of several forms on one page apart.
	prefix string
	v      *visit
}

// input is one field. Kind is text, email, password, date, number, area, select, radio, check, checks, hidden or note.
type input struct {
	Kind, Name, Label, Hint string
	ID                      string // of the field; what is wrong beside it has it too
	Value                   string
	Wrong                   string
	Required                bool
	Autocomplete            string
	Options                 []option
	Min, Max                int
	// Old stands beside the field: the value of today.
	Old string
	// When is the kind of request that the field is about; while it is not ticked, the field is hidden.
	When string
}

// option is one choice of a field.
type option struct {
	Value, Label, Hint string
	Selected           bool
}

// wrongField leads from the summary to the field.
type wrongField struct{ ID, Label, Problem string }

// form begins a form that is posted to action; submit is the key of its button's words.
func (v *visit) form(action, submit string) *form {
	return &form{Action: action, Submit: v.T(submit), Once: newOnce(), v: v}
}

// add appends a field. Its label is admin.field.NAME, its hint admin.hint.NAME where there is one; its value is what was
// posted, or value before that.
func (f *form) add(kind, name, value string) *input {
	in := &input{Kind: kind, Name: name, ID: f.prefix + name, Value: value, Label: f.v.T("admin.field." + name)}
	if key := "admin.hint." + name; f.v.has(key) {
		in.Hint = f.v.T(key)
	}
	if f.v.PostForm != nil && f.v.PostForm.Has(name) && kind != "password" && kind != "hidden" {
		in.Value = f.v.PostForm.Get(name)
	}
	f.Inputs = append(f.Inputs, in)
	return in
}

// must marks the field as required.
func (in *input) must() *input { in.Required = true; return in }

// between bounds a number.
func (in *input) between(lo, hi int) *input { in.Min, in.Max = lo, hi; return in }

// auto tells the browser what it may fill in.
func (in *input) auto(what string) { in.Autocomplete = what }

// choose appends a field with choices. The label of each is admin.choice.NAME.VALUE, "none" for the empty one.
func (f *form) choose(kind, name, value string, values ...string) *input {
	in := f.add(kind, name, value)
	for _, x := range values {
		key := "admin.choice." + name + "." + x
		if x == "" {
			key = "admin.choice.none"
		}
		o := option{Value: x, Label: f.v.T(key), Selected: x == in.Value}
		if hint := key + "_hint"; f.v.has(hint) {
			o.Hint = f.v.T(hint)
		}
		in.Options = append(in.Options, o)
	}
	return in
}

// mark notes what is wrong, beside the field and in the summary. It takes *dsar.Invalid, joined ones too, and gives back
// any other error.
func (f *form) mark(err error) error {
	if err == nil {
		return nil
	}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			if e := f.mark(e); e != nil {
				return e
			}
		}
		return nil
	}
	var bad *dsar.Invalid
	if !errors.As(err, &bad) {
		return err
	}
	f.wrong(bad.Field, bad.Problem)
	return nil
}

// wrong marks one field; problem is the last part of admin.problem.PROBLEM.
func (f *form) wrong(field, problem string) {
	key := "admin.problem." + problem
	if !f.v.has(key) {
		key = "admin.problem.other"
	}
	w := wrongField{Problem: f.v.T(key)}
	for _, in := range f.Inputs {
		if in.Name == field {
			in.Wrong, w.ID, w.Label = w.Problem, in.ID, in.Label
		}
	}
	f.Wrong = append(f.Wrong, w)
}

// required gives one error about all of the fields that were left empty.
func (v *visit) required(names ...string) error {
	var errs []error
	for _, name := range names {
		if v.field(name) == "" {
			errs = append(errs, &dsar.Invalid{Field: name, Problem: "required"})
		}
	}
	return errors.Join(errs...)
}

// failed tells whether something is wrong.
func (f *form) failed() bool { return len(f.Wrong) > 0 }

// renamed gives an error about a field the name that the field has on this page.
func renamed(err error, from, to string) error {
	var bad *dsar.Invalid
	if errors.As(err, &bad) && bad.Field == from {
		return &dsar.Invalid{Field: to, Problem: bad.Problem}
	}
	return err
}
