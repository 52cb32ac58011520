package cli

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
)

// failureWords is an error in Chinese where the system's English for a file would stand in it.
func failureWords(err error) string {
	text := err.Error()
	var p *fs.PathError
	if !errors.As(err, &p) {
		return text
	}
	why := ""
	for _, c := range []struct {
		is    error
		words string
	}{{fs.ErrNotExist, "不存在"}, {fs.ErrPermission, "没有权限"}, {syscall.EISDIR, "是目录，不是文件"}, {syscall.ENOTDIR, "的上级不是目录"},
		{syscall.ENOSPC, "写不下：磁盘满了"}, {syscall.EROFS, "在只读的磁盘上"}, {fs.ErrExist, "已经存在"}} {
		if errors.Is(p, c.is) {
			why = c.words
			break
		}
	}
	if why == "" {
		return text
	}
	return strings.Replace(text, p.Error(), p.Path+" "+why, 1)
}
