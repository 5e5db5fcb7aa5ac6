package adminweb

import "crypto/tls"

// insecure trusts the test server's own certificate.
func insecure() *tls.Config { return &tls.Config{InsecureSkipVerify: true} } //nolint:gosec // a server of this test
