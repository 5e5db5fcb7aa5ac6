package democrm

import (
	"math/rand/v2"
	"time"
)

// Streams of chance, one for each noun: a new row of one kind changes no other kind.
const (
	streamPerson uint64 = iota + 1
	streamOrganisation
	streamHistory
	streamTodo
	streamDeal
	streamDocument
	streamNewsletter
	streamInvoice
	streamChange
	streamRegister
)

// dice gives the same throws for the same seed, stream and id, so that any person can be made again at any time
// without keeping the others.
type dice struct{ *rand.Rand }

func (g *generator) dice(stream uint64, id int64) dice {
	return dice{rand.New(rand.NewPCG(mix(g.size.Seed^stream<<56), mix(uint64(id))))}
}

// mix is the finaliser of splitmix64: neighbouring ids start far apart.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// percent is true p times of a hundred.
func (d dice) percent(p int) bool { return d.IntN(100) < p }

// daysBefore is a working hour between lo and hi days before at.
func (d dice) daysBefore(at time.Time, lo, hi int) time.Time {
	day := at.Add(-time.Duration(lo+d.IntN(hi-lo+1)) * 24 * time.Hour).Truncate(24 * time.Hour)
	return day.Add(time.Duration(8*60+d.IntN(9*60)) * time.Minute)
}

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }
