package adminweb

import (
	"net/http"
	"net/url"
)

// Nothing but our own files, and no script or style inside a page: what a name out of a customer register could smuggle
// into a page would not run.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// asynqmon brings inline script and style, and wants fonts from elsewhere, which this keeps away.
const queuesPolicy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'"

// protect puts on every answer the headers that all share, and refuses forms that another site has sent.
func (s *site) protect(base *url.URL, next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	// A proxy may speak to us under another host name than the browser sees.
	if err := guard.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		s.Log.Warn("the address of the web app is no origin")
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, s.stranger(r), errCrossOrigin)
	}))
	inner := guard.Handler(next)
	secure := base.Scheme == "https"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		inner.ServeHTTP(w, r)
	})
}
