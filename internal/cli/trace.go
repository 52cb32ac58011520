package cli

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/trace"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
)

type traceCmd struct {
	Import  traceImportCmd  `cmd:"" help:"把已导入的销售记进拦截索引，之后可在柜台查重"`
	Collect traceCollectCmd `cmd:"" help:"把接口收到的进销存（3501–3507）导入数据目录"`
	Life    traceLifeCmd    `cmd:"" help:"一个追溯码的一生：购进、销售、退货、再售"`
	Check   traceCheckCmd   `cmd:"" help:"问索引：这盒能不能卖；--sell 同时记一笔销售"`
	Undo    traceUndoCmd    `cmd:"" help:"扫错了：撤销一笔销售"`
	Ledger  traceLedgerCmd  `cmd:"" help:"进销存台账：期初+购进-退供-销售±变更=期末"`
	Clues   traceCluesCmd   `cmd:"" help:"重码线索：合并、排除、核购进、分类"`
	Work    traceWorkCmd    `cmd:"" help:"线索工作清单：待自述、待核查、待结论"`
	Step    traceStepCmd    `cmd:"" help:"办一步：记自述、现场、结论、移交"`
	Rates   traceRatesCmd   `cmd:"" help:"各机构各月的追溯码采集率和购进带码率"`
	Prefix  tracePrefixCmd  `cmd:"" help:"从购进学到的标识码：属于哪个药品，有没有冲突"`
	Confirm traceConfirmCmd `cmd:"" help:"确认一个标识码属于一个药品，确认后才可判标识码不符"`
}

// codeBook opens the facts of codes and stock of a data directory.
func codeBook(dir string) (*trace.Facts, error) {
	lib, err := rule.Shipped()
	if err != nil {
		return nil, err
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("数据目录 %s 不存在", dir)
	}
	a, err := audit.Open(dir, lib)
	if err != nil {
		return nil, err
	}
	k, ds, err := a.CodeBook(0, 0)
	if err != nil {
		return nil, err
	}
	return trace.NewFacts(k, ds), nil
}

func indexDir(data string) string { return filepath.Join(data, "trace") }

// openIndex opens the index with what the institutions' register says of places.
func openIndex(data string) (*index.Index, error) {
	f, err := readGoodsFacts(data)
	if err != nil {
		return nil, err
	}
	return index.Open(indexDir(data), life.Usual(), func(inst string) life.Place { return f.places[inst] })
}

type traceImportCmd struct {
	dataFlag
	jsonFlag
}

func (c *traceImportCmd) Run(s *streams) error {
	f, err := codeBook(c.Data)
	if err != nil {
		return err
	}
	x, err := openIndex(c.Data)
	if err != nil {
		return err
	}
	defer x.Close()
	n, err := f.Fill(x)
	if err != nil {
		return err
	}
	all, size := x.Size()
	if c.JSON {
		return s.json(map[string]int64{"added": n, "records": all, "bytes": size})
	}
	s.printf("记入 %s 笔销售；索引共 %s 条，%s 字节\n", thousands(n), thousands(all), thousands(size))
	return nil
}

type traceLifeCmd struct {
	dataFlag
	jsonFlag
	Code string `arg:"" help:"追溯码，可带括号、空格"`
}

func (c *traceLifeCmd) Run(s *streams) error {
	f, err := codeBook(c.Data)
	if err != nil {
		return err
	}
	st, err := f.Life(c.Code)
	if err != nil {
		return usageError{err}
	}
	if c.JSON {
		return s.json(st)
	}
	s.printf("%s（%s）：%s，净售 %d 次\n", st.Code, st.Form, st.Verdict, st.Net)
	var rows [][]string
	for _, x := range st.Steps {
		rows = append(rows, []string{x.At, x.Event, x.Name, x.Inst, x.Doc, x.Note})
	}
	if len(rows) > 0 {
		table(s.out, []string{"时间", "事件", "机构", "机构编码", "单据", "说明"}, rows)
	}
	for _, w := range st.Why {
		s.printf("已排除：%s\n", w)
	}
	return nil
}

type traceCheckCmd struct {
	dataFlag
	jsonFlag
	Codes  []string `arg:"" help:"追溯码，可多个"`
	Inst   string   `help:"定点机构编码" required:"" placeholder:"编码"`
	Doc    string   `help:"就诊号、结算号或销售单号" required:"" placeholder:"单号"`
	Psn    string   `help:"人员编号" placeholder:"编号"`
	At     string   `help:"销售时间，缺省现在" placeholder:"yyyy-MM-dd HH:mm:ss"`
	Sell   bool     `help:"可以卖就记一笔"`
	Insist bool     `help:"已提示仍要卖"`
}

func (c *traceCheckCmd) Run(s *streams) error {
	at := claim.Time(claim.DayOf(1970, 1, 1).Start().Clock() + (time.Now().Unix()+8*3600)*1_000_000)
	if c.At != "" {
		var err error
		if at, err = claim.ParseTime(c.At); err != nil {
			return usageError{fmt.Errorf("--at %q：%w", c.At, err)}
		}
	}
	slip := &index.Slip{Inst: c.Inst, Psn: c.Psn, At: at, Docs: []string{c.Doc}, Paid: true, Insist: c.Insist}
	for _, raw := range c.Codes {
		k := life.Parse(raw)
		if !k.Valid() {
			return usageError{fmt.Errorf("追溯码 %q %s", raw, k.Reason)}
		}
		slip.Boxes = append(slip.Boxes, index.Box{Code: k, Qty: claim.None64})
	}
	x, err := openIndex(c.Data)
	if err != nil {
		return err
	}
	defer x.Close()
	var answers []index.Answer
	recorded := false
	if c.Sell {
		answers, recorded, err = x.Sell(slip)
	} else {
		answers, err = x.Check(slip)
	}
	if err != nil {
		return err
	}
	type said struct {
		Code     string `json:"drug_trac_codg"`
		Stands   bool   `json:"stands"`
		Known    bool   `json:"known"`
		Class    string `json:"class,omitempty"`
		Before   string `json:"prev_sel_retn_time,omitempty"`
		BeforeAt string `json:"prev_fixmedins_code,omitempty"`
		Count    int    `json:"sales"`
	}
	out := struct {
		Recorded bool   `json:"recorded"`
		Boxes    []said `json:"boxes"`
	}{Recorded: recorded}
	for i, a := range answers {
		v := said{Code: slip.Boxes[i].Code.Text, Stands: a.Stands(), Known: a.Known, Count: a.Count}
		if a.Again != nil {
			v.Class = a.Again.Class.String()
		}
		if a.Before != nil {
			v.Before, v.BeforeAt = a.Before.At.String(), x.Institution(a.Before.Inst)
		}
		out.Boxes = append(out.Boxes, v)
		s.failed = s.failed || !v.Stands
	}
	if c.JSON {
		return s.json(out)
	}
	for _, v := range out.Boxes {
		switch {
		case v.Known:
			s.printf("%s：这笔销售已记过\n", v.Code)
		case v.Stands:
			s.printf("%s：可以卖\n", v.Code)
		default:
			s.printf("%s：已售出，%s（%s 于 %s）\n", v.Code, v.Class, v.BeforeAt, v.Before)
		}
	}
	return nil
}

type traceUndoCmd struct {
	dataFlag
	Code string `arg:"" help:"追溯码"`
	Inst string `help:"定点机构编码" required:"" placeholder:"编码"`
	Doc  string `help:"原销售的单号，缺省为本机构最近一笔" placeholder:"单号"`
}

func (c *traceUndoCmd) Run(s *streams) error {
	k := life.Parse(c.Code)
	if !k.Valid() {
		return usageError{fmt.Errorf("追溯码 %q %s", c.Code, k.Reason)}
	}
	x, err := openIndex(c.Data)
	if err != nil {
		return err
	}
	defer x.Close()
	at := claim.Time(claim.DayOf(1970, 1, 1).Start().Clock() + (time.Now().Unix()+8*3600)*1_000_000)
	ok, err := x.Undo(k, c.Inst, c.Doc, claim.None64, at)
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("%s 在 %s 没有可撤销的销售", k.Text, c.Inst)
	}
	s.printf("已撤销 %s 在 %s 的销售\n", k.Text, c.Inst)
	return nil
}

type traceLedgerCmd struct {
	dataFlag
	Inst string `help:"定点机构编码，缺省全部" placeholder:"编码"`
	Item string `help:"药品耗材编码，缺省全部" placeholder:"编码"`
	Lots bool   `help:"分批次：每个批次一本台账，没有注明批次的单列；各批次逐日相加等于品种"`
	Out  string `help:"写成 CSV 文件，缺省写到标准输出" placeholder:"文件"`
}

func (c *traceLedgerCmd) Run(s *streams) error {
	f, err := codeBook(c.Data)
	if err != nil {
		return err
	}
	w := s.out
	if c.Out != "" {
		file, err := os.Create(c.Out)
		if err != nil {
			return err
		}
		defer file.Close()
		w = file
	}
	cw := csv.NewWriter(w)
	head := []string{"fixmedins_code", "med_list_codg", "date", "opening_known", "opening", "bought", "sent_back", "billed", "sold_own", "changed", "closing", "counted", "gap"}
	if c.Lots {
		head = append(head, "fixmedins_bchno", "manu_lotnum", "expy_end")
	}
	cw.Write(head)
	row := func(d *trace.Day, more ...string) error {
		counted := ""
		if d.Counted != claim.None64 {
			counted = d.Counted.String()
		}
		known := "0"
		if d.Known {
			known = "1"
		}
		return cw.Write(append([]string{d.Inst, d.Item, d.Date, known, d.Opening.String(), d.Bought.String(), d.SentBack.String(), d.Billed.String(), d.SoldOwn.String(),
			d.Changed.String(), d.Closing.String(), counted, d.Gap.String()}, more...))
	}
	if c.Lots {
		err = f.Lots(c.Inst, c.Item, func(lots []trace.Lot) error {
			for i := range lots {
				l, expiry := &lots[i], ""
				if l.Expiry != claim.NoDay {
					expiry = l.Expiry.String()
				}
				for k := range l.Days {
					if err := row(&l.Days[k], l.Batch, l.Number, expiry); err != nil {
						return err
					}
				}
			}
			return nil
		})
	} else {
		err = f.Ledger(c.Inst, c.Item, func(d *trace.Day) error { return row(d) })
	}
	cw.Flush()
	if err == nil {
		err = cw.Error()
	}
	return err
}

type traceCluesCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Save bool `help:"存疑的列入工作清单（已列的不动）"`
	Days int  `help:"机构自述的期限，天" default:"18"`
}

func (c *traceCluesCmd) Run(s *streams) error {
	f, err := codeBook(c.Data)
	if err != nil {
		return err
	}
	clues, n := f.Clues()
	added := int64(0)
	if c.Save {
		if added, err = saveClues(s, c, f, clues); err != nil {
			return err
		}
	}
	if c.JSON {
		return s.json(map[string]any{"funnel": n, "clues": clues, "added": added})
	}
	if c.Save {
		s.printf("新列入工作清单 %d 条\n", added)
	}
	s.printf("%d 个码；多售 %d 笔，其中已退货 %d、重复提交 %d、拆零 %d、前次已退 %d、住院统一扫码 %d；存疑 %d 笔，涉及 %d 家机构，其中无购进凭证 %d 笔\n", n.Codes, n.Repeated, n.Returned,
		n.Resent, n.Parts, n.Cleared, n.Ward, n.Doubtful, n.Institute, n.Unproved)
	var rows [][]string
	for _, x := range clues {
		rows = append(rows, []string{x.Code, x.Class, x.Inst, x.At, x.PrevInst, x.PrevAt, x.Proof, x.Stage})
	}
	if len(rows) > 0 {
		table(s.out, []string{"追溯码", "类别", "机构", "时间", "前次机构", "前次时间", "购进", "进度"}, rows)
	}
	return nil
}

type traceRatesCmd struct {
	dataFlag
	jsonFlag
	Since string `help:"应采起始日" default:"2025-07-01"`
}

func (c *traceRatesCmd) Run(s *streams) error {
	since, err := claim.ParseDay(c.Since)
	if err != nil {
		return usageError{err}
	}
	f, err := codeBook(c.Data)
	if err != nil {
		return err
	}
	rates := f.Rates(since)
	if c.JSON {
		return s.json(rates)
	}
	pct := func(n, of int64) string {
		if of == 0 {
			return "–"
		}
		return claim.FormatDecimal(n*10_000/of, 2, 2) + "%"
	}
	var rows [][]string
	for _, r := range rates {
		rows = append(rows, []string{r.Inst, r.Month, fmt.Sprint(r.Due), fmt.Sprint(r.Scanned), pct(r.Scanned, r.Due), pct(r.Coded, r.Purchases)})
	}
	table(s.out, []string{"机构", "月份", ">应采", ">实采", ">采集率", ">购进带码率"}, rows)
	return nil
}

type tracePrefixCmd struct {
	dataFlag
	jsonFlag
}

func (c *tracePrefixCmd) Run(s *streams) error {
	f, err := codeBook(c.Data)
	if err != nil {
		return err
	}
	ps := f.Prefixes()
	if c.JSON {
		return s.json(ps)
	}
	var rows [][]string
	for _, p := range ps {
		var items []string
		for it, n := range p.Items {
			items = append(items, fmt.Sprintf("%s×%d", it, n))
		}
		slices.Sort(items)
		mark := ""
		if p.Conflict {
			mark = "有冲突，须核实物"
		}
		rows = append(rows, []string{p.Prefix, strings.Join(items, " "), fmt.Sprint(p.Sellers), mark})
	}
	table(s.out, []string{"标识码", "药品×盒数", ">机构数", "说明"}, rows)
	return nil
}

type traceConfirmCmd struct {
	dataFlag
	Prefix string `arg:"" help:"标识码（20 位码的前 7 位，或 GTIN）"`
	Item   string `arg:"" help:"药品编码"`
	By     string `help:"确认人和依据，写进知识点" required:"" placeholder:"姓名、依据"`
	From   string `help:"生效日，缺省今天" placeholder:"yyyy-MM-dd"`
}

// Run writes the confirmation as a knowledge point of T014: from then on the prefix may accuse.
func (c *traceConfirmCmd) Run(s *streams) error {
	if len(c.Prefix) != 7 && len(c.Prefix) != 14 || strings.Trim(c.Prefix, "0123456789") != "" {
		return usageError{fmt.Errorf("标识码 %q 应为 7 位或 14 位数字", c.Prefix)}
	}
	from := c.From
	if from == "" {
		from = time.Now().In(time.FixedZone("", 8*3600)).Format("2006-01-02")
	}
	if _, err := claim.ParseDay(from); err != nil {
		return usageError{fmt.Errorf("--from %q：%w", from, err)}
	}
	l, err := lake.Open(c.Data)
	if err != nil {
		return err
	}
	lock, err := l.Lock()
	if err != nil {
		return err
	}
	defer lock.Close()
	ks, err := knowledge.Open(filepath.Join(c.Data, "knowledge"))
	if err != nil {
		return err
	}
	prefixes := []string{c.Prefix}
	id := "T014-" + c.Item
	for _, p := range ks.Base().Points {
		if p.ID == id {
			prefixes = append(strings.Split(p.Allow, "|"), c.Prefix)
			if p.From.Has() {
				from = p.From.String()
			}
		}
	}
	slices.Sort(prefixes)
	prefixes = slices.Compact(prefixes)
	tmp, err := os.MkdirTemp("", "mingjian-confirm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	file, err := os.Create(filepath.Join(tmp, "points.csv"))
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	w.Write([]string{"point_id", "rule_id", "subject_code", "allow", "basis", "source", "valid_from"})
	w.Write([]string{id, "T014", c.Item, strings.Join(prefixes, "|"), "人工确认：" + c.By, "追溯码标识码确认", from})
	w.Flush()
	if err := file.Close(); err != nil {
		return err
	}
	rep, err := ks.Import([]string{file.Name()}, knowledge.Options{KnownRule: func(string) bool { return true }})
	if err != nil {
		return err
	}
	if len(rep.Unread) > 0 {
		return fmt.Errorf("确认没有写入：%v", rep.Unread)
	}
	s.printf("标识码 %s 已确认属于 %s，自 %s 起用于 T014；重新审核后生效\n", c.Prefix, c.Item, from)
	return nil
}
