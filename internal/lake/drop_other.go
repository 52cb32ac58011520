//go:build !linux

package lake

// dropPages leaves it to the system where no such advice can be given.
func dropPages([]byte) {}
