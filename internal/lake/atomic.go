package lake

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// WriteFileAtomic writes a file so that after a crash at any moment either the old or the whole new content is there:
// a temporary file beside it, fsync, rename, fsync of the directory. Several may write the same file at once, in one process or in
// several: each writes a temporary file of its own, and the last stays.
func WriteFileAtomic(path string, write func(io.Writer) error) error {
	tmp := fmt.Sprintf("%s.%d-%d%s", path, os.Getpid(), temporary.Add(1), tmpSuffix)
	f, err := os.Create(tmp)
	if err != nil {
		return fmt.Errorf("无法写入 %s：%w", path, err)
	}
	w := bufio.NewWriterSize(f, 1<<16)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		os.Remove(tmp)
		return fmt.Errorf("无法写入 %s：%w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

const tmpSuffix = ".tmp"

// temporary counts the temporary files of this process.
var temporary atomic.Int64

// abandonedAfter is the age at which a temporary file is taken for one of a process that died.
const abandonedAfter = time.Hour

// RemoveAbandoned removes temporary files for files matching the pattern that nobody has written to for an hour.
func RemoveAbandoned(pattern string) {
	old, _ := filepath.Glob(pattern + ".*" + tmpSuffix)
	for _, o := range old {
		if st, err := os.Stat(o); err == nil && time.Since(st.ModTime()) > abandonedAfter {
			os.Remove(o)
		}
	}
}

// RemoveUnfinished removes the temporary files of a folder. Only who keeps all other writers away may call it.
func RemoveUnfinished(dir string) {
	old, _ := filepath.Glob(filepath.Join(dir, "*"+tmpSuffix))
	for _, o := range old {
		os.Remove(o)
	}
}

// syncDir makes renames and new files in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("无法打开目录 %s：%w", dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("无法同步目录 %s：%w", dir, err)
	}
	return nil
}
