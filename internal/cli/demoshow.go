package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/page"
)

// truthName is the file in which the generator says what it planted.
const truthName = "truth.csv"

// how many rows of each table the demo prints.
const (
	demoRules = 15
	demoInsts = 8
	demoTop   = 5
)

// show prints the result as tables, and explains one finding.
func (d *demo) show() error {
	p := d.page
	d.s.printf("\n%s 笔结算、%s 行费用，医疗总费用 %s 元，基金支付 %s 元\n", thousands(p.Scope.Settlements), thousands(p.Scope.Lines), yuan(int64(p.Scope.Medfee)), yuan(int64(p.Scope.Fund)))
	d.s.printf("疑点 %s 条，涉及 %s 元，其中基金 %s 元，拟追（去重） %s 元，未判 %s 项次\n", thousands(p.Sum.Findings), yuan(int64(p.Sum.Vola)),
		yuan(int64(p.Sum.Fund)), yuan(int64(p.Sum.Charged)), thousands(p.NotJudged))
	d.tally("按规则", "规则", p.ByRule, demoRules, func(t *page.Tally) string { return t.Key + " " + t.Name })
	d.tally("按机构", "机构", p.ByInst, demoInsts, func(t *page.Tally) string { return t.Name })
	var sev []page.Tally
	for s := 1; s <= 3; s++ {
		t := p.BySeverity[s]
		t.Name = severityNames[s]
		sev = append(sev, t)
	}
	d.tally("按严重程度", "程度", sev, 3, func(t *page.Tally) string { return t.Name })
	d.tally("按结算月份", "月份", p.ByMonth, len(p.ByMonth), func(t *page.Tally) string { return t.Name })
	if err := d.answers(); err != nil {
		return err
	}
	return d.top()
}

func (d *demo) tally(title, head string, ts []page.Tally, n int, name func(*page.Tally) string) {
	var rows [][]string
	for i := range ts[:min(n, len(ts))] {
		t := &ts[i]
		rows = append(rows, []string{name(t), thousands(t.Findings), thousands(t.Lines), yuan(int64(t.Vola)), yuan(int64(t.Fund)), yuan(int64(t.Charged))})
	}
	d.s.printf("\n【%s】\n", title)
	table(d.s.out, []string{head, ">疑点", ">违规行", ">涉及(元)", ">其中基金", ">拟追(去重)"}, rows)
	if len(ts) > n {
		d.s.printf("…… 另有 %d 个，见报告\n", len(ts)-n)
	}
}

// answers compares the findings with what the generator planted.
func (d *demo) answers() error {
	found, err := d.found()
	if err != nil {
		return err
	}
	var planted, hit, near, wrong int64
	err = d.eachAnswer(func(kind, rule, mdtrt, sn string) {
		is := found[[3]string{rule, mdtrt, sn}]
		switch kind {
		case "plant":
			planted++
			if is {
				hit++
			}
		case "near_miss":
			near++
			if is {
				wrong++
			}
		}
	})
	if err != nil || planted == 0 {
		return err
	}
	d.s.printf("\n对答案：造城市时埋了 %s 处违规，找到 %s 处；另放了 %s 处贴着界线但合规的，误报 %s 处（答案在 %s）\n", thousands(planted), thousands(hit),
		thousands(near), thousands(wrong), filepath.Join(d.city, truthName))
	return nil
}

// eachAnswer reads what the generator planted; nothing when the city has no answers.
func (d *demo) eachAnswer(f func(kind, rule, mdtrt, sn string)) error {
	file, err := os.Open(filepath.Join(d.city, truthName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	r := csv.NewReader(file)
	head, err := r.Read()
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, h := range head {
		at[h] = i
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f(row[at["kind"]], row[at["rule_id"]], row[at["mdtrt_id"]], row[at["feedetl_sn"]])
	}
}

// found is the set of rule, visit and line of all violating rows.
func (d *demo) found() (map[[3]string]bool, error) {
	st := audit.OpenStore(d.Data)
	months, err := st.Months()
	if err != nil {
		return nil, err
	}
	out := map[[3]string]bool{}
	for _, m := range months {
		err := st.Each(m, func(rows []audit.Row) error {
			for i := range rows {
				if r := &rows[i]; !r.Hushed && r.Type == 1 {
					out[[3]string{r.RuleID, r.Mdtrt, r.Sn}] = true
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// top prints the largest findings, one of each rule, and explains the first.
func (d *demo) top() error {
	var rows [][]string
	seen := map[string]bool{}
	for i := range d.page.Top {
		f := &d.page.Top[i]
		if seen[f.Rule] || len(rows) == demoTop {
			continue
		}
		seen[f.Rule] = true
		rows = append(rows, []string{f.ID, f.InstName, yuan(int64(f.Charged)), f.Text})
	}
	if len(rows) == 0 {
		return nil
	}
	d.s.printf("\n【金额大的疑点，每条规则取一条】\n")
	table(d.s.out, []string{"编号", "机构", ">拟追(元)", "说明"}, rows)
	a, err := audit.Open(d.Data, d.lib)
	if err != nil {
		return err
	}
	x, err := a.Explain(d.shown())
	if err != nil {
		return err
	}
	d.s.printf("\n【一条疑点的来龙去脉】\n%s", x)
	return nil
}

// shown is the finding that the demo explains: the largest certain one that rests on a knowledge point and a few lines.
func (d *demo) shown() string {
	for i := range d.page.Top {
		if f := &d.page.Top[i]; f.Severity == 1 && f.Point != "" && f.Lines > 0 && f.Lines <= 3 {
			return f.ID
		}
	}
	return d.page.Top[0].ID
}

// next says what to try, with ids of this run.
func (d *demo) next() error {
	if len(d.page.Top) == 0 {
		return nil
	}
	d.s.printf("\n接下来可以试试：\n")
	last := d.page.Top[min(len(d.page.Top), 10)-1].ID
	for _, l := range [][2]string{
		{"看懂另一条疑点", "mingjian explain --data " + d.Data + " " + last},
		{"导出到 Excel", "mingjian findings --data " + d.Data + " --out 疑点.xlsx"},
	} {
		d.s.printf("  %s\n    %s\n", l[0], l[1])
	}
	file, what, err := d.ownPoint()
	if err != nil {
		return err
	}
	if file != "" {
		d.s.printf("  加一条自己的知识点（%s），只重审这条规则\n    mingjian knowledge import --data %s %s\n    mingjian audit --data %s --rules B023\n", what, d.Data, file, d.Data)
	}
	d.s.printf("  看一条规则怎么写的，把所有规则的用例跑一遍\n    mingjian rules show B023\n    mingjian rules test\n")
	d.s.printf("  打开控制台：启动服务，用浏览器看它显示的地址\n    mingjian serve --data %s\n", d.Data)
	d.s.printf("  再运行一次，什么都没变：已有的行不再落地，没变的月份不再审\n    mingjian demo --data %s\n", d.Data)
	return nil
}

// ownPoint writes a file with one point for the commonest examination no cycle limit names yet, to be imported by hand.
func (d *demo) ownPoint() (file, what string, err error) {
	code, name, err := d.commonExam()
	if err != nil || code == "" {
		return "", "", err
	}
	file = filepath.Join(d.Data, "我的知识点.csv")
	err = writeCSV(file, [][]string{
		{"point_id", "rule_id", "subject_code", "limit_value", "unit", "window_d", "basis", "source"},
		{"BEN-B023-0001", "B023", code, "1", "次", "14", "本地规定（示例）：" + name + " 14 天内限 1 次", "本地规定"},
	})
	return file, name + " 14 天内限 1 次", err
}

func (d *demo) commonExam() (code, name string, err error) {
	a, err := audit.Open(d.Data, d.lib)
	if err != nil {
		return "", "", err
	}
	taken := map[string]bool{}
	for _, p := range a.Base.Points {
		if p.RuleID == "B023" && p.Source != "本地规定" {
			taken[p.Subject] = true
		}
	}
	snap, err := a.Lake.Snapshot()
	if err != nil {
		return "", "", err
	}
	b, err := snap.Read("fee", demoEnd, 0, []string{"hilist_code", "hilist_name", "med_chrgitm_type"})
	if err != nil {
		return "", "", err
	}
	t, ds := b.Table, snap.Dicts()
	item, chrg := t.MustCol("hilist_code"), t.MustCol("med_chrgitm_type")
	count, row := map[int32]int{}, map[int32]int{}
	for i := 0; i < b.N; i++ {
		if c := b.Format(ds, chrg, i); c == "03" || c == "04" { // examinations and laboratory tests
			count[b.I32(item, i)]++
			row[b.I32(item, i)] = i
		}
	}
	best := int32(-1)
	for c, n := range count {
		s := ds[claim.DictItem].String(c)
		if !taken[s] && strings.HasPrefix(s, "99") && (best < 0 || n > count[best] || (n == count[best] && c < best)) {
			best = c
		}
	}
	if best < 0 {
		return "", "", nil
	}
	return ds[claim.DictItem].String(best), b.Format(ds, t.MustCol("hilist_name"), row[best]), nil
}

func writeCSV(path string, rows [][]string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(rows); err != nil {
		f.Close()
		return fmt.Errorf("%s：%w", path, err)
	}
	return f.Close()
}
