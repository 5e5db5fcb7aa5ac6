package records

import "errors"

// ErrRefused: a rule of the map says that the person cannot be erased now; nothing was touched.
var ErrRefused = errors.New("a rule of the map refuses the erasure")
