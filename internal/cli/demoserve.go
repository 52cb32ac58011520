package cli

import (
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-isatty"
)

// serve starts the console where somebody is there to look at it: a run whose input or output is no terminal ends.
func (d *demo) serve() error {
	if d.NoServe || (!d.Serve && !attended(d.s)) {
		if d.Open {
			openPage(d.s, filepath.Join(d.Data, pageName))
		}
		d.s.printf("\n打开控制台：mingjian serve --data %s，再用浏览器看它显示的地址\n", d.Data)
		return nil
	}
	at, err := freeAddress(d.Listen)
	if err != nil {
		return err
	}
	d.s.printf("\n控制台：http://%s ，用上面的任一用户登录\n", at)
	if d.Open {
		go openPage(d.s, "http://"+at)
	}
	c := &serveCmd{dataFlag: dataFlag{Data: d.Data}, Listen: at, MaxBody: 8, KeyRate: 1000, KeyBurst: 2000, Grace: 5 * time.Second, LogLevel: "warn"}
	return c.Run(d.s)
}

// attended reports whether a person sits at the terminal.
func attended(s *streams) bool {
	in, ok := s.in.(*os.File)
	out, also := s.out.(*os.File)
	return ok && also && isatty.IsTerminal(in.Fd()) && isatty.IsTerminal(out.Fd())
}

// freeAddress is the address that was asked for, or one with a free port when that is taken.
func freeAddress(want string) (string, error) {
	l, err := net.Listen("tcp", want)
	if err != nil {
		host, _, bad := net.SplitHostPort(want)
		if bad != nil {
			return "", bad
		}
		if l, err = net.Listen("tcp", net.JoinHostPort(host, "0")); err != nil {
			return "", err
		}
	}
	defer l.Close()
	return l.Addr().String(), nil
}
