package refdata

// Queries are how a register in PostgreSQL is asked. Both give the columns of Person in its order, none of them NULL.
type Queries struct {
	Search string // $1 what somebody typed, $2 the most rows wanted
	Get    string // $1 the register id
}

// personColumns of the sample register, as the person p working at o.
const personColumns = `
	p.register_id,
	p.given_name,
	p.surname,
	coalesce(p.street, ''),
	coalesce(p.postcode, ''),
	coalesce(p.city, ''),
	p.country,
	coalesce(o.name, ''),
	coalesce(p.role, ''),
	coalesce(p.birth_year, 0)`

// SampleQueries ask the sample register. Each half of the search has an index of its own. The cut at a thousand keeps one
// typed letter from sorting the whole register; names come before organisations.
func SampleQueries() Queries {
	return Queries{
		Search: `
			with hit as (
				(
					select register_id, 1 as place
					from register.person
					where search @@ register.question($1)
					limit 1000
				)
				union all
				(
					select person.register_id, 2 as place
					from register.organisation
					join register.person on person.organisation_id = organisation.id
					where organisation.search @@ register.question($1)
					limit 1000
				)
			),
			best as (
				select register_id, min(place) as place
				from hit
				group by register_id
			)
			select` + personColumns + `
			from best
			join register.person as p using (register_id)
			left join register.organisation as o on o.id = p.organisation_id
			order by best.place, p.surname, p.given_name, p.register_id
			limit $2`,
		Get: `
			select` + personColumns + `
			from register.person as p
			left join register.organisation as o on o.id = p.organisation_id
			where p.register_id = $1`,
	}
}
