//go:build unix

package online

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// ErrLogHeld is returned by Open when another process writes the log of the directory.
var ErrLogHeld = errors.New("在线增量日志正被另一个进程使用，请先停止它")

// holdLog takes the lock of the log's one writer; the system gives it back when the process ends, however it ends.
func holdLog(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, ErrLogHeld
	}
	return f, nil
}
