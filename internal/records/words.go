package records

import (
	"context"
	"slices"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// words are what a person is called, as the matcher needs it for each kind of row.
type words struct {
	self   []mention.Person
	linked *mention.Matcher // the person's own rows: everything
	// Other people's rows. A name, mailbox or number that another living person has too is not enough there.
	loose   *mention.Matcher
	needles needles
	// What else may name the person there, for somebody to decide: by surname, or a name that another living person has too.
	asked needles
	wide  *mention.Matcher // nil where nobody else has one of the names
	// Rows of those who share a mailbox or number with the person.
	strict  *mention.Matcher
	sharers map[string]bool
	typed   []string // numbers as the card writes them, long enough to be nobody else's
	// What nobody else alive has: this may stand nowhere afterwards.
	alone []mention.Person
	names map[string]string // by key: what each card is called, for the ledger's hashes
}

// wordsOf reads the cards of keys, who are one person, and finds out which identifiers others share. also are words that
// point at them alone.
func (s *Source) wordsOf(ctx context.Context, q querier, keys []string, also ...string) (*words, error) {
	cards, err := s.cards(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	w := &words{sharers: map[string]bool{}, names: map[string]string{}}
	var loose, strict, wide []mention.Person
	namesakes := false
	for _, k := range keys {
		c := cards[k]
		if c == nil {
			continue
		}
		shared, err := s.sharers(ctx, q, c)
		if err != nil {
			return nil, err
		}
		p := c.mention()
		p.Handles = append(slices.Clone(p.Handles), also...)
		if w.names[k] = c.name(); s.anonymous(c) {
			delete(w.names, k)
			p.Given, p.Called, p.Surname = nil, "", nil // words that stand on every erased card point to nobody
		}
		w.self = append(w.self, p)
		free, bare := p, p
		for _, x := range shared {
			others := slices.DeleteFunc(x.holders, func(h string) bool { return slices.Contains(keys, h) })
			if x.firm {
				free.Emails, free.Phones, free.Addresses = drop(free.Emails, x.value), drop(free.Phones, x.value), without(free.Addresses, x.value)
				bare.Emails, bare.Phones, bare.Addresses = drop(bare.Emails, x.value), drop(bare.Phones, x.value), without(bare.Addresses, x.value)
			}
			if len(others) == 0 {
				continue
			}
			switch x.role {
			case "name":
				namesakes = true
				free.Given, free.Called, free.Surname, free.FormerSurnames, free.Nicknames = nil, "", nil, nil, nil
				bare.Given, bare.Called, bare.Surname, bare.FormerSurnames, bare.Nicknames = nil, "", nil, nil, nil
			case "former_surname":
				namesakes = true
				free.FormerSurnames, bare.FormerSurnames = drop(free.FormerSurnames, x.value), drop(bare.FormerSurnames, x.value)
			case "address.street":
				free.Addresses, bare.Addresses = without(free.Addresses, x.value), without(bare.Addresses, x.value)
			case "email":
				bare.Emails = drop(bare.Emails, x.value)
			case "phone":
				bare.Phones = drop(bare.Phones, x.value)
			case "personnummer":
				bare.Personnummer = ""
			}
			if x.role != "name" && x.role != "former_surname" && x.role != "address.street" {
				for _, o := range others {
					w.sharers[o] = true
				}
			}
		}
		named := free
		named.Given, named.Called, named.Surname, named.FormerSurnames, named.Nicknames = p.Given, p.Called, p.Surname, p.FormerSurnames, p.Nicknames
		loose, strict, wide = append(loose, free), append(strict, bare), append(wide, named)
		for _, n := range bare.Phones {
			if len(digits(n)) >= 8 {
				w.typed = append(w.typed, n)
			}
		}
	}
	w.alone, w.needles, w.asked = strict, needlesOf(loose), needlesOf(wide)
	w.asked.named = slices.DeleteFunc(slices.Clone(w.asked.surname), short)
	if namesakes {
		w.wide = mention.New(wide...)
	}
	w.linked, w.loose, w.strict = mention.New(w.self...), mention.New(loose...), mention.New(strict...)
	return w, nil
}

// besides is the matcher for a row of others, whose keys are given.
func (w *words) besides(near []string) *mention.Matcher {
	for _, k := range near {
		if w.sharers[k] {
			return w.strict
		}
	}
	return w.loose
}

// anonymous tells whether the card's name is what an erasure writes.
func (s *Source) anonymous(c *card) bool {
	named := false
	for _, role := range []string{"name", "given", "surname"} {
		col := s.plan.Subject().ByRole(role)
		if col == nil {
			continue
		}
		named = true
		if col.Erase.Action != datamap.Constant || !slices.Contains(col.Erase.Values(), c.first(role)) {
			return false
		}
	}
	return named
}

func drop(values []string, value string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == value })
}

func without(addresses []mention.Address, street string) []mention.Address {
	return slices.DeleteFunc(slices.Clone(addresses), func(a mention.Address) bool { return a.Street == street })
}

// Identifiers are what is on record of a person and of the cards merged into them, without what another living card
// has too: a rescan would find that where it is somebody else's. Record them before an erasure; afterwards they are
// nowhere.
func (s *Source) Identifiers(ctx context.Context, keys []string) (mention.Person, error) {
	keys, err := s.withMerged(ctx, s.pool, keys)
	if err != nil {
		return mention.Person{}, err
	}
	w, err := s.wordsOf(ctx, s.pool, keys)
	if err != nil {
		return mention.Person{}, err
	}
	return merged(w.alone), nil
}

// merged is one person out of several cards.
func merged(all []mention.Person) mention.Person {
	var out mention.Person
	add := func(to *[]string, values []string) {
		for _, v := range values {
			if v != "" && !slices.Contains(*to, v) {
				*to = append(*to, v)
			}
		}
	}
	for _, p := range all {
		add(&out.Given, p.Given)
		add(&out.Surname, p.Surname)
		add(&out.FormerSurnames, p.FormerSurnames)
		add(&out.Nicknames, p.Nicknames)
		add(&out.Emails, p.Emails)
		add(&out.Phones, p.Phones)
		add(&out.Handles, p.Handles)
		for _, a := range p.Addresses {
			if !slices.Contains(out.Addresses, a) {
				out.Addresses = append(out.Addresses, a)
			}
		}
		if out.Called == "" {
			out.Called = p.Called
		}
		if out.Personnummer == "" {
			out.Personnummer = p.Personnummer
		}
		if out.CustomerNo == "" {
			out.CustomerNo = p.CustomerNo
		}
	}
	return out
}
