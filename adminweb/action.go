package adminweb

import (
	"insyn/internal/account"
	"insyn/internal/dsar"
)

// action is something that a visitor may or may not do. Every route names one.
type action string

const (
	anyone action = "anyone" // no login
	member action = "member" // every login: one's own account

	seePeople     action = "see people"     // search, cards, requests
	takeRequests  action = "take requests"  // register, share, export, correct, consents, the steps of a request
	decide        action = "decide"         // extend, refuse, override
	planErasure   action = "plan erasure"   // register and rehearse an erasure
	approve       action = "approve"        // run an erasure
	configure     action = "configure"      // settings
	manageUsers   action = "manage users"   // accounts and roles
	readAudit     action = "read audit"     // who did what
	seeOperations action = "see operations" // jobs and queues: ids and codes, no people
	operate       action = "operate"        // run a job again, give it up
)

// allowed is the one table of rights: which roles may do it.
func allowed(do action) []dsar.Role {
	switch do {
	case member:
		return dsar.Roles
	case seePeople, takeRequests:
		return []dsar.Role{dsar.Administrator, dsar.DPO, dsar.Handler}
	case decide, planErasure, configure, readAudit:
		return []dsar.Role{dsar.Administrator, dsar.DPO}
	case approve, manageUsers:
		return []dsar.Role{dsar.Administrator}
	case seeOperations, operate:
		return []dsar.Role{dsar.Administrator, dsar.Ops}
	}
	return nil
}

// can tells whether somebody may do it. A visitor without a login may do what anyone may, no more.
func can(who *account.Account, do action) bool {
	if do == anyone {
		return true
	}
	return who != nil && who.Has(allowed(do)...)
}
