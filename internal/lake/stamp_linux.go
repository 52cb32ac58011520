package lake

import (
	"fmt"
	"os"
	"syscall"
)

// fileStamp changes whenever a file's content is written to: its length, number and time of change, which programs
// cannot set.
func fileStamp(st os.FileInfo) string {
	s, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d %d %d.%09d", s.Size, s.Ino, s.Ctim.Sec, s.Ctim.Nsec)
}
