package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/synth"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/dataapi"
	"github.com/mingjian/mingjian/internal/web/api/libraryapi"
)

// dataFlag is the directory that holds everything of an installation.
type dataFlag struct {
	Data string `help:"数据目录" default:"./data" placeholder:"目录"`
}

// jsonFlag asks for one JSON value on standard output.
type jsonFlag struct {
	JSON bool `name:"json" help:"在标准输出写一个 JSON 值"`
}

type synthCmd struct {
	jsonFlag
	Out     string `help:"输出目录" required:"" placeholder:"目录"`
	Persons int    `help:"参保人数" default:"100000"`
	Months  int    `help:"月数" default:"3"`
	Seed    uint64 `help:"随机种子" default:"1"`
	Lines   int    `help:"每月费用行数目标（给出则人数由它推算）" default:"0"`
	End     string `help:"最后一个月，yyyy-MM" default:"2025-12"`
	Gzip    bool   `help:"写成 .csv.gz"`
	Clean   bool   `help:"不放任何违规，用来核对误报"`
}

func (c *synthCmd) Run(s *streams) error {
	end, err := claim.ParseMonth(c.End)
	if err != nil {
		return usageError{err}
	}
	st, err := synth.Generate(synth.Options{Out: c.Out, Persons: c.Persons, Months: c.Months, Seed: c.Seed, Lines: c.Lines, End: end, Gzip: c.Gzip, Clean: c.Clean})
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(st)
	}
	s.printf("示例城市写在 %s：%s 人，%d 家机构，%s 次就诊，%s 笔结算，%s 行费用\n", c.Out, thousands(int64(st.Persons)), st.Institutions,
		thousands(st.Visits), thousands(st.Settlements), thousands(st.Lines))
	return nil
}

type knowledgeCmd struct {
	Import   knowledgeImportCmd   `cmd:"" help:"导入国家两库表（csv、csv.gz、xlsx）、points.csv、code_map.csv"`
	Pending  knowledgePendingCmd  `cmd:"" help:"待裁决的行：列出、裁决、确认、作废"`
	Coverage knowledgeCoverageCmd `cmd:"" help:"知识点点名的费用占多少（按金额），没有知识点的大项目"`
}

type knowledgeImportCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	childFlags
	Check     bool     `help:"只核对：说明会怎样，不写入"`
	Record    string   `hidden:"" help:"报告的编号"`
	Starter   bool     `help:"装入自带的示例知识包（编码都在保留号段）"`
	ValidFrom string   `name:"valid-from" help:"知识点生效日，缺省 1900-01-01" placeholder:"yyyy-MM-dd"`
	Paths     []string `arg:"" optional:"" name:"path" help:"文件或文件夹"`
}

// imported is the report of an import with what its points cover, nil where there are no fees yet.
type imported struct {
	*knowledge.Report
	Coverage *audit.Coverage `json:"coverage,omitempty"`
}

// covered works out what the points cover. A server's job does it by itself. The import has taken effect: what fails here is only told.
func (c *knowledgeImportCmd) covered(s *streams, book *govern.Book) *audit.Coverage {
	if c.Child || !lake.Exists(c.Data) {
		return nil
	}
	x, err := coverage(s, c.Data, book, 0, coverageTop)
	if err != nil && !errors.Is(err, errNoFees) {
		s.note("知识已导入，覆盖没有算出：%v\n", err)
	}
	return x
}

func (c *knowledgeImportCmd) Run(s *streams) error {
	defer c.begin(s)()
	if !c.Starter && len(c.Paths) == 0 {
		return usageError{fmt.Errorf("请给出要导入的文件或文件夹，或用 --starter")}
	}
	opt := knowledge.Options{DryRun: c.Check}
	if c.Check && c.Starter {
		return usageError{fmt.Errorf("--check 不能和 --starter 一起用")}
	}
	if c.ValidFrom != "" {
		d, err := claim.ParseDay(c.ValidFrom)
		if err != nil {
			return usageError{fmt.Errorf("--valid-from %q：%w", c.ValidFrom, err)}
		}
		opt.ValidFrom = d
	}
	book, err := liveBook(s, c.Data, c.Store)
	if err != nil {
		return err
	}
	opt.KnownRule = func(id string) bool { return book.Library.Card(id) != nil }
	if !c.Check {
		lock, err := lockData(c.Data)
		if err != nil {
			return err
		}
		defer lock.Close()
	}
	if c.Child {
		m := s.meter()
		defer m.end()
		opt.Progress = func(done, total int) { m.show("读表", int64(done), int64(total), int64(done)) }
	}
	ks, err := knowledge.Open(filepath.Join(c.Data, "knowledge"))
	if err != nil {
		return err
	}
	var reps []*knowledge.Report
	if c.Starter {
		r, err := ks.ImportStarter()
		if err != nil {
			return err
		}
		reps = append(reps, r)
	}
	if len(c.Paths) > 0 {
		r, err := ks.Import(c.Paths, opt)
		if err != nil {
			return err
		}
		s.failed = s.failed || len(r.Unread) > 0
		reps = append(reps, r)
	}
	last := reps[len(reps)-1]
	if c.Record != "" {
		if err := dataapi.WriteReport(c.Data, libraryapi.SheetReports, c.Record, last); err != nil {
			return fmt.Errorf("报告没有写下：%w", err)
		}
	}
	if c.Check {
		if c.JSON {
			return s.json(last)
		}
		s.printf("%s（只核对，没有写入）\n", last)
		return nil
	}
	if err := note(s, c.Data, c.Store, "导入知识", fmt.Sprintf("版本 %d", last.Version), fmt.Sprintf("文件 %d 个；生效知识点 %d 个，拒收 %d 行", len(c.Paths), last.Live, len(last.Rejected))); err != nil {
		return err
	}
	x := c.covered(s, book)
	if c.JSON {
		return s.json(imported{last, x})
	}
	for _, r := range reps {
		s.printf("%s", r)
	}
	if x != nil {
		s.printf("覆盖：%s 的费用 %s 元里，有知识点点名的 %s 元（%s）；逐条规则、没有知识点的项目见 mingjian knowledge coverage\n", x.Span(), yuan(x.Fen), yuan(x.Named.Fen), share(x.Named.Fen, x.Fen))
	}
	return nil
}

type importCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	childFlags
	Table  string   `help:"所有文件都是这张表（缺省按文件名认表）" placeholder:"表名"`
	Record string   `hidden:"" help:"报告的编号"`
	Paths  []string `arg:"" name:"path" help:"文件或文件夹（csv、csv.gz、xlsx、parquet）"`
}

func (c *importCmd) Run(s *streams) error {
	defer c.begin(s)()
	for _, p := range c.Paths {
		if _, err := os.Stat(p); err != nil {
			return fmt.Errorf("找不到 %s：请核对路径", p)
		}
	}
	if c.Table != "" && claim.TableOf(c.Table) == nil {
		return usageError{fmt.Errorf("没有名为 %q 的表", c.Table)}
	}
	if err := keepTruth(c.Data, c.Paths); err != nil {
		return err
	}
	rep, err := importPaths(s, c.Data, c.Paths, c.Table)
	if err != nil {
		return err
	}
	s.failed = len(rep.Failed()) > 0
	if err := keepImport(s, c.Data, c.Record, rep); err != nil {
		return err
	}
	var landed, rejected int64
	for _, f := range rep.Files {
		landed, rejected = landed+f.Landed, rejected+f.Rejected
	}
	err = note(s, c.Data, c.Store, "导入数据", rep.Snapshot, fmt.Sprintf("文件 %d 个；入库 %d 行，拒收 %d 行；表 %s", len(rep.Files), landed, rejected, strings.Join(rep.Tables, "、")))
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(rep)
	}
	s.printf("%s", rep)
	return nil
}

// keepImport leaves an import's report in the data directory, for the console.
func keepImport(s *streams, dir, id string, rep *lake.Report) error {
	id = cmp.Or(id, store.NewID())
	r := dataapi.ImportReport{ID: id, At: api.Moment(store.Micros(time.Now())), By: cmp.Or(s.by, operator()), Report: rep}
	if err := dataapi.WriteReport(dir, dataapi.ImportReports, id, r); err != nil {
		return fmt.Errorf("已经导入，但报告没有写下：%w", err)
	}
	return nil
}

// importPaths imports files with progress on the error stream.
func importPaths(s *streams, data string, paths []string, table string) (*lake.Report, error) {
	audit.LimitMemory()
	l, err := lake.Open(data)
	if err != nil {
		return nil, err
	}
	w, err := l.Writer()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	m := s.meter()
	defer m.end()
	var rows int64
	last, before := "", int64(0)
	return w.Import(s.ctx, paths, lake.ImportOptions{Table: table, Progress: func(p lake.Progress) {
		if p.Table != last {
			before, last = rows, p.Table
		}
		rows = before + p.Rows
		m.show("导入 "+p.Table, p.Bytes, p.TotalBytes, rows)
	}})
}

// splitRules reads "A001,B002".
func splitRules(s string) []string {
	var out []string
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '，' || r == ' ' }) {
		out = append(out, f)
	}
	return out
}
