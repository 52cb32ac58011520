//go:build !linux

package pgtest

import "testing"

// Run runs the tests of a package.
func Run(m *testing.M) int { return m.Run() }

// DSN skips the test: the server is started on Linux only.
func DSN(t testing.TB) string {
	t.Skip("skipped: no PostgreSQL: tests start one on Linux only")
	return ""
}
