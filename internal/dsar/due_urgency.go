package dsar

// The colours of Urgency.
const (
	UrgencyGreen = "green"
	UrgencyAmber = "amber" // half the time is gone, or 7 days are left
	UrgencyRed   = "red"   // 2 working days are left, or none, or the day has passed
)

const (
	amberDays      = 7
	redWorkingDays = 2
)

// DaysLeft counts the calendar days until the last day: 0 on it, negative when it has passed.
func DaysLeft(today, due Date) int { return today.DaysUntil(due) }

// Overdue says that the last day has passed.
func Overdue(today, due Date) bool { return today.After(due) }

// Urgency colours an open request, well before the last day so that this is not what people plan by. Pass the strict
// date without pause. The eves count as working days, and a country without a calendar has only its weekends off.
func Urgency(country string, received, due, today Date) string {
	left := DaysLeft(today, due)
	// Weekends and holidays never make more than a fortnight of two working days; farther off there is nothing to count.
	if left <= 2*amberDays && strictCalendar(country).between(today, due) <= redWorkingDays {
		return UrgencyRed
	}
	if left <= amberDays || 2*received.DaysUntil(today) >= received.DaysUntil(due) {
		return UrgencyAmber
	}
	return UrgencyGreen
}
