package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// variable is one variable of Config as its tags describe it.
type variable struct {
	name, byDefault, doc string
	processes            []string
	secret               bool
}

// variables lists the variables in the order of the struct.
func variables() []variable {
	var out []variable
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		name := f.Tag.Get("env")
		if name == "" {
			continue
		}
		out = append(out, variable{
			name:      name,
			byDefault: f.Tag.Get("envDefault"),
			doc:       f.Tag.Get("doc"),
			processes: strings.Fields(f.Tag.Get("for")),
			secret:    f.Type == reflect.TypeFor[secret](),
		})
	}
	return out
}

// loadConfig is readConfig with all that the process needs checked.
func loadConfig(e environ, process string) (cfg Config, stray []string, err error) {
	cfg, stray, err = readConfig(e, process)
	if err != nil {
		return cfg, stray, err
	}
	return cfg, stray, cfg.Validate()
}

// readConfig reads the slice of the settings that a process may see. Secrets of others in its environment are not read,
// and stray lists them, so that somebody takes them out.
func readConfig(e environ, process string) (cfg Config, stray []string, err error) {
	slice := map[string]string{}
	var problems []error
	for _, s := range variables() {
		if !slices.Contains(s.processes, process) {
			if s.secret && (e[s.name] != "" || e[s.name+"_FILE"] != "") {
				stray = append(stray, s.name)
			}
			continue
		}
		value, err := e.lookup(process, s.name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if value != "" {
			slice[s.name] = value
		}
	}
	if len(problems) > 0 {
		return Config{}, stray, errors.Join(problems...)
	}
	if err := env.ParseWithOptions(&cfg, env.Options{Environment: slice}); err != nil {
		return Config{}, stray, unreadable(slice)
	}
	cfg.process, cfg.env = process, e
	return cfg, stray, nil
}

// unreadable names the variables whose values do not parse. The library's own error quotes values, and a value may be a
// secret put into the wrong variable.
func unreadable(slice map[string]string) error {
	var problems []error
	for _, s := range variables() {
		value, ok := slice[s.name]
		if !ok {
			continue
		}
		var one Config
		if env.ParseWithOptions(&one, env.Options{Environment: map[string]string{s.name: value}}) != nil {
			problems = append(problems, fmt.Errorf("%s: not readable; by default it is %q. %s", s.name, s.byDefault, s.doc))
		}
	}
	return errors.Join(problems...)
}

// dsn is the address of a source for this process, by the variable that the data map names.
func (c Config) dsn(variable string) (string, error) {
	v, err := c.env.lookup(c.process, variable)
	if err != nil {
		return "", err
	}
	if v == "" {
		return "", fmt.Errorf("%s is not set: give the PostgreSQL address of the source that the data map names with it", variable)
	}
	return v, nil
}
