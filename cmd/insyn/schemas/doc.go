// Package schemas proves the data map on systems that we did not design: Request Tracker and Redmine, as Debian packs
// them. Their schemas come from the packages when the tests run; nothing of theirs is kept here. `make schemas` runs it.
//
// The tests have the build tag schemas, since they fetch packages and need Ruby.
package schemas
