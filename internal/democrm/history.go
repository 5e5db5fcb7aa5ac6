package democrm

// historyRows: about eight entries a person. Of ten, one has a colleague linked too, and one names somebody who is not.
func (g *generator) historyRows(b *block, p person) {
	d := g.dice(streamHistory, p.id)
	count := 3 + d.IntN(11)
	if p.id == Busy {
		count = 400
	}
	for range count {
		me, given := coworker(d)
		s := g.scene(d, p, given)
		texts, linked := historyTexts[s.lang], int64(0)
		switch n := d.IntN(10); {
		case n == 0:
			if mate := g.colleague(d, p); mate != 0 {
				s.other, linked, texts = g.person(mate), mate, historyTextsOfTwo[s.lang]
			}
		case n == 1:
			s.other, texts = g.stranger(d, p), historyTextsOfTwo[s.lang]
		}
		t := s.choose(d, texts)
		id := g.next(tableHistory)
		b.add(tableHistory, id, t.kind, d.daysBefore(g.size.AsOf, 1, 1100), s.write(t.subject), s.write(t.body), me, nullID(p.org))
		b.add(tableHistoryPerson, id, p.id)
		if linked != 0 {
			b.add(tableHistoryPerson, id, linked)
		}
	}
}

// colleague is somebody else of the same group, 0 for cases: who is linked with a case is written down with it.
func (g *generator) colleague(d dice, p person) int64 {
	first := (p.id-1)/groupPersons*groupPersons + 1
	mate := first + int64(d.IntN(groupPersons))
	if p.isCase() || mate == p.id || mate > int64(g.size.Persons) {
		return 0
	}
	return mate
}

// stranger is anybody but the cases and p.
func (g *generator) stranger(d dice, p person) person {
	id := CompanyName + 1 + d.Int64N(int64(g.size.Persons)-CompanyName)
	if id == p.id {
		id = CompanyName + 1 + (id-CompanyName)%(int64(g.size.Persons)-CompanyName)
	}
	return g.person(id)
}
