package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/web/api/libraryapi"
)

type knowledgeCoverageCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	childFlags
	Month string `help:"只看哪个月的费用，缺省为到最近一个费用齐全的月份的十二个月" placeholder:"yyyy-MM"`
	Top   int    `help:"列出多少个没有知识点的项目" default:"50" placeholder:"个数"`
}

func (c *knowledgeCoverageCmd) Run(s *streams) error {
	defer c.begin(s)()
	m := claim.Month(0)
	if c.Month != "" {
		var err error
		if m, err = claim.ParseMonth(c.Month); err != nil {
			return usageError{fmt.Errorf("--month %q：%w", c.Month, err)}
		}
	}
	if c.Top < 0 {
		return usageError{fmt.Errorf("--top 应为非负的个数")}
	}
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("数据目录 %s 不存在", c.Data)
	}
	book, err := liveBook(s, c.Data, c.Store)
	if err != nil {
		return err
	}
	x, err := coverage(s, c.Data, book, m, c.Top)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(x)
	}
	s.printf("%s 的费用 %s 元、%s 行、%s 个项目；有知识点的 %s 元（%s），%s 行，%s 个项目\n", x.Span(), yuan(x.Fen), thousands(x.Lines), thousands(int64(x.Items)),
		yuan(x.Named.Fen), share(x.Named.Fen, x.Fen), thousands(x.Named.Lines), thousands(int64(x.Named.Items)))
	var rows [][]string
	for _, r := range x.Rules {
		rows = append(rows, []string{r.Rule, r.Name, strconv.Itoa(r.Items), thousands(r.Lines), yuan(r.Fen), share(r.Fen, x.Fen)})
	}
	s.printf("\n【各规则的知识点点名的费用】一个项目可以属于几条规则\n")
	table(s.out, []string{"规则", "名称", ">项目", ">行", ">金额(元)", ">占比"}, rows)
	rows = nil
	for _, o := range x.Open {
		rows = append(rows, []string{o.Code, o.Name, thousands(o.Lines), yuan(o.Fen), share(o.Fen, x.Fen)})
	}
	s.printf("\n【没有知识点的项目，按金额】\n")
	table(s.out, []string{"编码", "名称", ">行", ">金额(元)", ">占比"}, rows)
	return nil
}

// coverageTop is how many items without a point are listed.
const coverageTop = 50

// errNoFees: there is nothing to weigh by.
var errNoFees = errors.New("没有费用，先导入")

// coverage works a month out, the twelve months with the newest full one as the last when m is 0, and leaves it for the console; errNoFees.
func coverage(s *streams, data string, book *govern.Book, m claim.Month, top int) (*audit.Coverage, error) {
	a, err := book.Open(data)
	if err != nil {
		return nil, err
	}
	from := m
	if m == 0 {
		if m, err = fullMonth(a.Lake); err != nil {
			return nil, err
		}
		if m == 0 {
			return nil, errNoFees
		}
		from = m - 11
	}
	g, err := a.Ground(m)
	if err != nil {
		return nil, err
	}
	x, err := g.Coverage(s.ctx, from, top)
	if err != nil {
		return nil, err
	}
	if x.Lines == 0 {
		return nil, fmt.Errorf("%s %w", x.Month, errNoFees)
	}
	if x.Waiting, err = weighWaiting(data, a.Lake, x); err != nil {
		return nil, err
	}
	path := libraryapi.CoverageFile(data)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return x, lake.WriteFileAtomic(path, func(w io.Writer) error { return json.NewEncoder(w).Encode(x) })
}

// weighWaiting says what the items came to that rows waiting for a ruling are about, the largest first. An item of several rows counts for each.
func weighWaiting(data string, l *lake.Lake, x *audit.Coverage) ([]audit.WaitingRow, error) {
	base, err := plainBase(data)
	if err != nil {
		return nil, err
	}
	snap, err := l.Snapshot()
	if err != nil {
		return nil, err
	}
	facts, err := snap.Reference("code_map")
	if err != nil {
		return nil, err
	}
	m, err := claim.ParseMonth(x.Month)
	if err != nil {
		return nil, err
	}
	waiting := base.Waiting()
	of, rows, named := map[string][]string{}, map[string]*audit.WaitingRow{}, &knowledge.Base{Maps: base.Maps}
	for i := range waiting {
		p := &waiting[i]
		if p.Point.Subject != "" {
			of[p.Point.Subject] = append(of[p.Point.Subject], p.Row())
			named.Points = append(named.Points, p.Point)
		}
	}
	find := knowledge.NewLookup(named, knowledge.MapsOf(facts, snap.Dicts())...)
	for i := range x.Billed {
		b := &x.Billed[i]
		code, ok := find.Resolve(b.Code, m.First(), "")
		if !ok {
			continue
		}
		for _, row := range of[code] {
			if rows[row] == nil {
				rows[row] = &audit.WaitingRow{Row: row}
			}
			rows[row].Add(b)
		}
	}
	var out []audit.WaitingRow
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b audit.WaitingRow) int { return cmp.Or(cmp.Compare(b.Fen, a.Fen), cmp.Compare(a.Row, b.Row)) })
	return out, nil
}

// fullMonth is the newest month with fees that has more than stragglers: a twentieth of the fullest month's lines; 0 without fees.
func fullMonth(l *lake.Lake) (m claim.Month, err error) {
	s, err := l.Snapshot()
	if err != nil {
		return 0, err
	}
	most := int64(0)
	for _, x := range s.Months() {
		most = max(most, s.Rows("fee", x))
	}
	for _, x := range s.Months() {
		if n := s.Rows("fee", x); n > 0 && n*20 >= most {
			m = x
		}
	}
	return m, nil
}

func share(part, whole int64) string {
	if whole == 0 {
		return "—"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(whole))
}
