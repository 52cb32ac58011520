package lake

import "syscall"

// dropPages gives the memory of a mapping back. What is read of it again comes from the system's cache of the file.
func dropPages(b []byte) {
	if len(b) > 0 {
		_ = syscall.Madvise(b, syscall.MADV_DONTNEED) // advice
	}
}
