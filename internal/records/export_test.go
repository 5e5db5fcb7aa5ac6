package records

// BySteps takes a table with more rows than n, or ties to others, for a large one.
func (o CollectOptions) BySteps(n int) CollectOptions {
	o.few = n
	return o
}
