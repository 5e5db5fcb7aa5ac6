package adminweb

import (
	"net/http"

	"insyn/internal/dsar"
)

// readOnly lets questions through and refuses changes: the rows own what becomes of a job, so a task that is deleted or
// run by hand here would help nobody. It also gives the pages the policy that they need.
func readOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "read-only", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Security-Policy", queuesPolicy)
		next.ServeHTTP(w, r)
	})
}

// showQueues shows what Redis holds. The pages ask again by themselves, which keeps no session alive.
func (s *site) showQueues(w http.ResponseWriter, v *visit) error {
	if s.queues == nil {
		return dsar.ErrNotFound
	}
	s.queues.ServeHTTP(w, v.Request)
	return nil
}
