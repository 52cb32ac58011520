//go:build !unix

package lake

import (
	"io"
	"os"
)

// lockFile takes the one-writer lock by exclusive creation: without flock a crash leaves the file behind, and the
// operator removes it by hand.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path+".held", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if os.IsExist(err) {
		return nil, ErrLocked
	}
	return f, err
}

// mapFile reads the file whole where mapping is not at hand.
func mapFile(f *os.File, size int) ([]byte, func() error, error) {
	b := make([]byte, size)
	_, err := io.ReadFull(f, b)
	return b, func() error { return nil }, err
}
