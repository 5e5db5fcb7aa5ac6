package records

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// eachText calls fn with each text in a value of type text, text[] or json, and gives the value with what fn returned.
// Object keys stay as they are.
func eachText(value any, fn func(string) string) any {
	switch v := value.(type) {
	case string:
		return fn(v)
	case []any:
		for i := range v {
			v[i] = eachText(v[i], fn)
		}
	case map[string]any:
		for k := range v {
			v[k] = eachText(v[k], fn)
		}
	}
	return value
}

// mapJSON runs fn over the texts of a json document; changed is false where nothing was replaced. Numbers keep all
// their digits.
func mapJSON(doc []byte, fn func(string) string) (out []byte, changed bool, err error) {
	v, err := readJSON(doc)
	if err != nil {
		return nil, false, err
	}
	v = eachText(v, func(s string) string {
		r := fn(s)
		changed = changed || r != s
		return r
	})
	if !changed {
		return doc, false, nil
	}
	out, err = writeJSON(v)
	return out, true, err
}

func readJSON(doc []byte) (any, error) {
	dec := json.NewDecoder(strings.NewReader(string(doc)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("decode a json value: %w", err)
	}
	return v, nil
}

func writeJSON(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode a json value: %w", err)
	}
	return []byte(strings.TrimRight(b.String(), "\n")), nil
}

// ruled is a json document after the rules of its column. Where the row is not the person's alone, only their own
// references go.
type ruled struct {
	rules datamap.List[*datamap.JSONRule]
	alone bool
	lang  string
	// refs are the json paths that refer to persons; keys how this person's key is written.
	refs, keys []string
	redact     func(string) string
}

func (r ruled) document(doc []byte) ([]byte, error) {
	v, err := readJSON(doc)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	rest := datamap.Erase{}
	for _, e := range r.rules {
		if e.Name == datamap.JSONRest {
			rest = e.Value.Erase
			continue
		}
		steps := datamap.JSONSteps(e.Name)
		named[steps[0]] = true
		action := r.action(e.Value.Erase, slices.Contains(r.refs, e.Name))
		v = at(v, steps, action)
	}
	if top, ok := v.(map[string]any); ok && rest.Action != datamap.NoAction {
		for k := range top {
			if !named[k] {
				v = at(v, []string{k}, r.action(rest, false))
			}
		}
	} else if rest.Action != datamap.NoAction {
		v, _ = r.action(rest, false)(v)
	}
	if r.redact != nil {
		v = eachText(v, r.redact)
	}
	return writeJSON(v)
}

// action gives what becomes of a value, and whether it goes altogether.
func (r ruled) action(e datamap.Erase, ref bool) func(any) (any, bool) {
	return func(v any) (any, bool) {
		mine := r.alone || ref && slices.Contains(r.keys, fmt.Sprint(v))
		switch {
		case !mine || e.Action == datamap.NoAction:
			return v, false
		case e.Action == datamap.Remove:
			return nil, true
		case e.Action == datamap.Null:
			return nil, false
		case e.Action == datamap.Constant:
			return e.Value(r.lang), false
		}
		return v, false // redact: done for the whole document
	}
}

// at lets action work on what the steps lead to.
func at(v any, steps []string, action func(any) (any, bool)) any {
	if len(steps) == 0 {
		out, gone := action(v)
		if gone {
			return nil
		}
		return out
	}
	switch node := v.(type) {
	case map[string]any:
		child, ok := node[steps[0]]
		if !ok {
			return v
		}
		if len(steps) > 1 {
			node[steps[0]] = at(child, steps[1:], action)
		} else if out, gone := action(child); gone {
			delete(node, steps[0])
		} else {
			node[steps[0]] = out
		}
	case []any:
		if steps[0] != "[*]" {
			return v
		}
		kept := node[:0]
		for _, child := range node {
			if len(steps) > 1 {
				kept = append(kept, at(child, steps[1:], action))
			} else if out, gone := action(child); !gone {
				kept = append(kept, out)
			}
		}
		return kept
	}
	return v
}

// sameJSON compares two documents by what they say.
func sameJSON(a, b []byte) (bool, error) {
	v, err := readJSON(a)
	if err != nil {
		return false, err
	}
	was, err := writeJSON(v)
	return string(was) == string(b), err
}
