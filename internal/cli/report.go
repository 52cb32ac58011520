package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/page"
	"github.com/mingjian/mingjian/internal/rule"
)

// pageName is the report's file in a data directory.
const pageName = "报告.html"

type reportCmd struct {
	dataFlag
	jsonFlag
	Out  string `help:"输出文件，缺省为数据目录下的 报告.html" placeholder:"文件"`
	Open bool   `help:"写好后用浏览器打开"`
}

func (c *reportCmd) Run(s *streams) error {
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("数据目录 %s 不存在", c.Data)
	}
	lib, _, err := rule.ForData(c.Data)
	if err != nil {
		return err
	}
	d, err := page.Gather(c.Data, lib)
	if err != nil {
		return err
	}
	d.Demo = isDemo(c.Data)
	d.Date = today()
	out := cmp.Or(c.Out, filepath.Join(c.Data, pageName))
	if err := writePage(out, d); err != nil {
		return err
	}
	if c.Open {
		openPage(s, out)
	}
	if c.JSON {
		return s.json(map[string]any{"out": out, "findings": d.Sum.Findings, "vola_amt": d.Sum.Vola.String(), "fund_amt": d.Sum.Fund.String(), "charged_amt": d.Sum.Charged.String()})
	}
	s.printf("报告写在 %s：疑点 %s 条，涉及 %s 元，其中基金 %s 元，拟追 %s 元\n", out, thousands(d.Sum.Findings), yuan(int64(d.Sum.Vola)), yuan(int64(d.Sum.Fund)), yuan(int64(d.Sum.Charged)))
	return nil
}

func today() string {
	y, m, d := time.Now().Date()
	return claim.DayOf(y, int(m), d).String()
}

func writePage(path string, d *page.Data) error {
	return lake.WriteFileAtomic(path, func(w io.Writer) error { return page.Render(w, d) })
}

// openPage opens a file in the browser where there is a display; where there is none it says so.
func openPage(s *streams, path string) {
	name, args := "xdg-open", []string{path}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "cmd", []string{"/c", "start", "", path}
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			s.note("没有图形界面，请自行用浏览器打开 %s\n", path)
			return
		}
	}
	if err := exec.Command(name, args...).Start(); err != nil {
		s.note("打不开浏览器（%v），请自行打开 %s\n", err, path)
	}
}
