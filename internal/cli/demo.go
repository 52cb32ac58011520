package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/division"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/page"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

type demoCmd struct {
	Data    string `help:"数据目录" default:"./demo" placeholder:"目录"`
	Persons int    `help:"参保人数" default:"20000"`
	Months  int    `help:"月数" default:"3"`
	Seed    uint64 `help:"随机种子" default:"1"`
	Fresh   bool   `help:"先清掉目录里原有的示例城市"`
	Open    bool   `help:"完成后用浏览器打开控制台；不启动服务时打开报告"`
	Serve   bool   `help:"完成后启动服务；不写时，在终端里运行才启动" xor:"serve"`
	NoServe bool   `name:"no-serve" help:"完成后不启动服务" xor:"serve"`
	Listen  string `help:"服务的监听地址；被占用时换一个空闲端口" default:"127.0.0.1:8080" placeholder:"地址:端口"`
}

// demoEnd is the city's last month: fixed, so that a demo shows the same every day.
const demoEnd = claim.Month(2025*12 + 11)

// demoMark is the file that tells a demo's data directory from a real one.
const demoMark = "示例城市.json"

// demoCity says which city a data directory holds.
type demoCity struct {
	Persons int    `json:"persons"`
	Months  int    `json:"months"`
	Seed    uint64 `json:"seed"`
	Files   string `json:"files"` // hash of the tables
}

func isDemo(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, demoMark))
	return err == nil
}

// demo is a run of the command: its steps share what they made.
type demo struct {
	*demoCmd
	s    *streams
	lib  *rule.Library
	city string // folder of the tables
	made synth.Stats
	step int
	page *page.Data

	insts map[string]string // institutions of the users, by what demoPeople call them
	told  map[string]string // passwords of users made in this run
}

func (c *demoCmd) Run(s *streams) error {
	lib, _, err := rule.ForData(c.Data)
	if err != nil {
		return err
	}
	c.Data = filepath.Clean(c.Data)
	d := &demo{demoCmd: c, s: s, lib: lib, city: filepath.Join(c.Data, "city")}
	if err := d.prepare(); err != nil {
		return err
	}
	start := time.Now()
	for _, st := range []struct {
		name string
		run  func() (string, error)
	}{{"造示例城市", d.generate}, {"装入示例知识包", d.learn}, {"导入", d.importCity}, {"审核", d.audit}, {"写报告", d.report}, {"建用户、办理疑点", d.loop}} {
		d.step++
		at := time.Now()
		s.printf("[%d/6] %s\n", d.step, st.name)
		said, err := st.run()
		if err != nil {
			return err
		}
		s.printf("      %s，用时 %.1f 秒\n", said, time.Since(at).Seconds())
	}
	if err := d.show(); err != nil {
		return err
	}
	s.printf("\n共用时 %.1f 秒。报告在 %s，用浏览器打开，不需要联网。\n", time.Since(start).Seconds(), filepath.Join(c.Data, pageName))
	if err := d.next(); err != nil {
		return err
	}
	d.showPeople()
	return d.serve()
}

// prepare keeps the demo out of directories that are not its own.
func (d *demo) prepare() error {
	es, err := os.ReadDir(d.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(es) == 0:
		return nil
	case !isDemo(d.Data):
		return fmt.Errorf("目录 %s 里已有别的数据，示例城市不会写进去：请用 --data 换一个空目录", d.Data)
	}
	if d.Fresh {
		return os.RemoveAll(d.Data)
	}
	var was demoCity
	data, err := os.ReadFile(filepath.Join(d.Data, demoMark))
	if err != nil {
		return err
	}
	if json.Unmarshal(data, &was) != nil || was.Persons != d.Persons || was.Months != d.Months || was.Seed != d.Seed {
		return d.otherCity(&was)
	}
	return nil
}

func (d *demo) otherCity(was *demoCity) error {
	return fmt.Errorf("目录 %s 里是另一座示例城市（%d 人、%d 个月、种子 %d）：请换 --data，或加 --fresh 清掉重来", d.Data, was.Persons, was.Months, was.Seed)
}

// generate writes the city's tables. A directory that holds this city already keeps it: everything after finds its rows
// already there.
func (d *demo) generate() (string, error) {
	var err error
	if err = os.MkdirAll(d.Data, 0o755); err != nil {
		return "", err
	}
	mark := filepath.Join(d.Data, demoMark)
	old, oldErr := os.ReadFile(mark)
	if oldErr != nil { // claim the directory before anything is in it
		if err = writeMark(mark, demoCity{d.Persons, d.Months, d.Seed, ""}); err != nil {
			return "", err
		}
	}
	d.made, err = synth.Generate(synth.Options{Out: d.city, Persons: d.Persons, Months: d.Months, Seed: d.Seed, End: demoEnd})
	if err != nil {
		return "", err
	}
	hash, err := hashFolder(d.city)
	if err != nil {
		return "", err
	}
	var was demoCity
	if oldErr == nil && json.Unmarshal(old, &was) == nil && was.Files != "" && was.Files != hash {
		return "", d.otherCity(&was) // made by another version of the program
	}
	if err := writeMark(mark, demoCity{d.Persons, d.Months, d.Seed, hash}); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s 人、%d 家机构、%s 次就诊、%s 行费用", thousands(int64(d.made.Persons)), d.made.Institutions, thousands(d.made.Visits), thousands(d.made.Lines)), nil
}

func writeMark(path string, c demoCity) error {
	return lake.WriteFileAtomic(path, func(w io.Writer) error { return json.NewEncoder(w).Encode(c) })
}

func hashFolder(dir string) (string, error) {
	es, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, e := range es {
		fmt.Fprintln(h, e.Name())
		f, err := os.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// demoDivisions are what the city's divisions are called.
const demoDivisions = "区划代码,名称\n990100,示例市\n990101,示例县\n990102,邻县\n990103,远县\n990199,境外\n"

func (d *demo) learn() (string, error) {
	if err := d.letterhead(); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(d.Data, division.FileName), []byte(demoDivisions), 0o600); err != nil {
		return "", err
	}
	l, err := lake.Open(d.Data)
	if err != nil {
		return "", err
	}
	w, err := l.Writer()
	if err != nil {
		return "", err
	}
	defer w.Close()
	ks, err := knowledge.Open(filepath.Join(d.Data, "knowledge"))
	if err != nil {
		return "", err
	}
	if _, err := ks.ImportStarter(); err != nil {
		return "", err
	}
	if _, err := mix.Choose(d.Data, mix.Chosen{}); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d 条规则、%s 个知识点", len(d.lib.Cards), thousands(int64(len(ks.Base().Points)))), nil
}

func (d *demo) importCity() (string, error) {
	es, err := os.ReadDir(d.city)
	if err != nil {
		return "", err
	}
	var paths []string
	for _, e := range es {
		if !isLabels(e.Name()) { // the answers are not input
			paths = append(paths, filepath.Join(d.city, e.Name()))
		}
	}
	rep, err := importPaths(d.s, d.Data, paths, "")
	if err != nil {
		return "", err
	}
	if len(rep.Tables) > 0 {
		if err := keepImport(d.s, d.Data, "", rep); err != nil {
			return "", err
		}
	}
	var rows, landed, known, rejected int64
	for _, f := range rep.Files {
		rows, landed, known, rejected = rows+f.Rows, landed+f.Landed, known+f.Known, rejected+f.Rejected
	}
	if bad := rep.Failed(); len(bad) > 0 {
		return "", fmt.Errorf("%s 没有导入：%s", bad[0].File, bad[0].Error)
	}
	return fmt.Sprintf("%d 个文件 %s 行，落地 %s，已有 %s，拒收 %s", len(rep.Files), thousands(rows), thousands(landed), thousands(known), thousands(rejected)), nil
}

func (d *demo) audit() (string, error) {
	rep, err := runAudit(d.s, d.Data, &govern.Book{Library: d.lib}, audit.Options{}, func(a *audit.Auditor, rep *audit.Report) error {
		return withOffice(d.s, d.Data, "", func(o *office) error {
			if _, err := o.takeIn(d.s, false); err != nil {
				return err
			}
			_, err := o.govern(d.s, a, rep, audit.Options{})
			return err
		})
	})
	if err != nil {
		return "", err
	}
	if len(rep.Months) == 0 {
		return "没有变化，沿用上次的结果", nil
	}
	if _, err := makeBoards(d.s, d.Data, "", 0); err != nil {
		return "", err
	}
	if _, err := coverage(d.s, d.Data, &govern.Book{Library: d.lib}, 0, coverageTop); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s，%s 行费用，每秒 %s 行", strings.Join(rep.Months, "、"), thousands(rep.Lines), thousands(int64(float64(rep.Lines)/max(rep.Seconds, 0.001)))), nil
}

func (d *demo) report() (string, error) {
	var err error
	if d.page, err = page.Gather(d.Data, d.lib); err != nil {
		return "", err
	}
	d.page.Demo, d.page.Date = true, today()
	path := filepath.Join(d.Data, pageName)
	return path, writePage(path, d.page)
}
