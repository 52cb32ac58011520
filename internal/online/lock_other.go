//go:build !unix

package online

import (
	"errors"
	"io"
	"os"
)

// ErrLogHeld is returned by Open when another process writes the log of the directory.
var ErrLogHeld = errors.New("在线增量日志正被另一个进程使用，请先停止它")

// holdLog keeps the lock file open; where the system has no advisory locks, running one service a directory is the operator's care.
func holdLog(path string) (io.Closer, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
