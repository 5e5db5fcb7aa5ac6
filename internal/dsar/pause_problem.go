package dsar

// Codes of PauseProblem.
const (
	PauseAskedLate     = "pause.asked_late"     // warning: the question should have gone out within 3 working days
	PauseTooLate       = "pause.too_late"       // refused: after day 14 only the named decider may start one
	PauseClearWish     = "pause.clear_wish"     // refused: the wish to correct, erase or object needs no clarification
	PauseUnknownKind   = "pause.unknown_kind"   // refused: neither identity nor clarification
	PauseBeforeReceipt = "pause.before_receipt" // refused: nothing was there to ask about
)

const (
	pausePromptDays = 3  // working days in which to ask
	pauseLastDay    = 14 // calendar days after receipt
)

// PauseProblem judges a question that would stop the clock: nothing to say (""), a warning, or a code with refused. The
// question may always be asked; what is refused is to count the waiting. Only ForIdentity (reasonable doubt who asks,
// Article 12(6)) and ForClarification (which data is meant, where there is much of it, Recital 63) stop the clock. The
// eves count as working days here, and a country without a calendar has only its weekends off.
func PauseProblem(country string, received, asked Date, kind Wait, request Kind) (code string, refused bool) {
	switch kind {
	case ForIdentity:
	case ForClarification:
		switch request {
		case Rectification, Erasure, Objection:
			return PauseClearWish, true
		}
	default:
		return PauseUnknownKind, true
	}
	if asked.Before(received) {
		return PauseBeforeReceipt, true
	}
	if received.DaysUntil(asked) > pauseLastDay {
		return PauseTooLate, true
	}
	if strictCalendar(country).between(received, asked) > pausePromptDays {
		return PauseAskedLate, false
	}
	return "", false
}
