package reviewapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/xuri/excelize/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

const sheetName = "疑点清单"

// The columns of the list; those from 办理 on are filled in by people and read back.
var sheetColumns = []string{"疑点编号", "版本", "机构编码", "机构名称", "规则编号", "规则名称", "违规程度", "结算月份", "就诊号", "人员编号", "违规内容", "违规金额（元）", "其中基金（元）", "拟追金额（元）", "状态", "到期日",
	"办理", "理由代码", "意见"}

var sheetWidths = []float64{27, 6, 15, 22, 9, 22, 10, 10, 20, 20, 48, 13, 13, 13, 10, 12, 12, 12, 36}

const mostRows, pageRows = 20000, 200

var levels = []string{"", "明确违规", "高度可疑", "轻度可疑"}

// Sheet writes lists of findings for who may export them, outside a request: the first of the most that a list may hold.
func Sheet(d *review.Desk) func(ctx context.Context, who *auth.Identity, f store.FindingFilter, title string) ([]byte, error) {
	g := &group{Config: Config{Desk: d}}
	return func(ctx context.Context, who *auth.Identity, f store.FindingFilter, title string) ([]byte, error) {
		items, err := g.all(ctx, who, f)
		if err != nil {
			return nil, err
		}
		if len(items) >= mostRows {
			title += fmt.Sprintf("，只列出前 %d 条", mostRows)
		}
		body, err := writeSheet(items, title)
		if err != nil {
			return nil, err
		}
		return body, d.Exported(ctx, who, len(items))
	}
}

// all reads all pages of a list.
func (g *group) all(ctx context.Context, who *auth.Identity, f store.FindingFilter) (out []reviewItem, err error) {
	for f.Limit = pageRows; len(out) < mostRows; {
		xs, err := g.Desk.List(ctx, who, f)
		if err != nil {
			return nil, err
		}
		items, err := g.itemsOf(ctx, xs)
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
		if len(xs) < pageRows {
			break
		}
		f.After = xs[len(xs)-1].Cursor
	}
	return out, nil
}

// writeSheet writes the list as the bureau keeps it: a title with who took it out and when, headings, one finding a row.
func writeSheet(items []reviewItem, title string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheetName); err != nil {
		return nil, err
	}
	w, err := f.NewStreamWriter(sheetName)
	if err != nil {
		return nil, err
	}
	for i, width := range sheetWidths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 2, XSplit: 1, TopLeftCell: "B3", ActivePane: "bottomRight"}); err != nil {
		return nil, err
	}
	money, err := f.NewStyle(&excelize.Style{NumFmt: 4}) // #,##0.00
	if err != nil {
		return nil, err
	}
	yuan := func(fen int64) any { return excelize.Cell{StyleID: money, Value: cellYuan(fen)} }
	rows := [][]any{{title}, {}}
	for _, c := range sheetColumns {
		rows[1] = append(rows[1], c)
	}
	for _, x := range items {
		rows = append(rows, []any{x.ID, x.Version, x.Inst, x.InstName, x.Rule, x.RuleName, levels[x.Severity&3], x.Month, x.Mdtrt, x.Psn, x.Text, yuan(x.Vola), yuan(x.Fund), yuan(x.Charged), x.State, x.Due, "", "", ""})
	}
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return nil, err
		}
		if err := w.SetRow(cell, r); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = f.Write(&b)
	return b.Bytes(), err
}

// cellYuan is fen as a cell's number, which the sheet can add up. Cells hold nothing but binary floating point; the nearest one to an amount
// with two places is written with just these places, so what a reader parses is the amount to the fen. It is used for nothing else.
func cellYuan(fen int64) float64 { return float64(fen) / 100 }

// sheetRow is a row that was filled in.
type sheetRow struct {
	Row     int    `json:"row" doc:"表里第几行"`
	ID      string `json:"finding_id"`
	Event   string `json:"event"`
	OK      bool   `json:"ok"`
	State   string `json:"state"`
	Code    string `json:"code"`
	Said    string `json:"said"`
	version int64
	words   Words
	told    map[string]string // what the row says of the finding, by column
}

type sheetReport struct {
	Applied bool       `json:"applied"`
	Rows    int        `json:"rows" doc:"填了“办理”的行"`
	OK      int        `json:"ok"`
	Items   []sheetRow `json:"items"`
}

func eventNamed(name string) string {
	for _, e := range review.TheFlow().Events {
		if e.Name == name && manyMay(e.ID) {
			return e.ID
		}
	}
	return ""
}

func eventNames() string {
	var out []string
	for _, id := range many {
		out = append(out, eventName(id))
	}
	return strings.Join(out, "、")
}

// readSheet reads the rows that were filled in. Columns are found by their headings, so they may be moved.
func readSheet(body []byte) ([]sheetRow, error) {
	bad := func(s string) error { return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, s) }
	f, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{UnzipSizeLimit: 200 << 20, UnzipXMLSizeLimit: 50 << 20})
	if err != nil {
		return nil, bad("这不是可读的 Excel 文件（.xlsx），请用从疑点池导出的表")
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		return nil, bad("表读不出来，请用从疑点池导出的表")
	}
	at, head := map[string]int{}, -1
	for i := range rows[:min(len(rows), 10)] {
		if slices.Contains(rows[i], "疑点编号") && slices.Contains(rows[i], "办理") {
			head = i
			for k, name := range rows[i] {
				at[strings.TrimSpace(name)] = k
			}
			break
		}
	}
	for _, c := range []string{"疑点编号", "版本", "办理", "理由代码", "意见"} {
		if _, ok := at[c]; !ok || head < 0 {
			return nil, bad("没有找到表头“" + c + "”，请用从疑点池导出的表，不要删改表头")
		}
	}
	var out []sheetRow
	seen := map[string]int{}
	for i := head + 1; i < len(rows); i++ {
		get := func(c string) string {
			if k := at[c]; k < len(rows[i]) {
				return strings.TrimSpace(rows[i][k])
			}
			return ""
		}
		if get("办理") == "" {
			continue
		}
		r := sheetRow{Row: i + 1, ID: get("疑点编号"), Event: get("办理"), words: Words{get("理由代码"), get("意见")}, told: map[string]string{}}
		for c := range at {
			r.told[c] = get(c)
		}
		r.version, err = strconv.ParseInt(get("版本"), 10, 64)
		switch {
		case r.ID == "":
			r.Said = "没有疑点编号"
		case err != nil:
			r.Said = fmt.Sprintf("版本 %q 不是数字，请重新导出", get("版本"))
		case eventNamed(r.Event) == "":
			r.Said = fmt.Sprintf("“办理”写的是 %q，可用：%s", r.Event, eventNames())
		case seen[r.ID] != 0: // which of them is meant nobody can tell
			r.Said = fmt.Sprintf("与第 %d 行是同一条疑点，请只留一行", seen[r.ID])
			if k := slices.IndexFunc(out, func(x sheetRow) bool { return x.Row == seen[r.ID] }); out[k].Said == "" {
				out[k].Said = fmt.Sprintf("与第 %d 行是同一条疑点，请只留一行", r.Row)
			}
		}
		seen[r.ID] = r.Row
		if out = append(out, r); len(out) > 2000 {
			return nil, bad("一次最多办理 2000 行，请分几次")
		}
	}
	return out, nil
}

// differs says what a row holds otherwise than the finding it names, "" when nothing: a column that was sorted without the others, or a sum that
// somebody wrote over, must not decide about the wrong case in silence. A column that is not there or empty says nothing.
func (g *group) differs(ctx context.Context, who *auth.Identity, r *sheetRow) (string, error) {
	_, masked, err := g.Desk.Seen(ctx, who, r.ID)
	var no *review.Error
	switch {
	case errors.As(err, &no):
		return "", nil // doing it says why
	case err != nil:
		return "", err
	}
	var x store.FindingItem
	if err := g.Desk.DB.View(ctx, func(tx *store.Tx) error {
		xs, err := tx.ItemsOf([]string{r.ID})
		x = xs[r.ID]
		return err
	}); err != nil {
		return "", err
	}
	if x.Version != r.version {
		return "", nil // somebody was faster: doing it says so
	}
	is := map[string]string{"机构编码": x.Inst, "规则编号": x.Rule, "结算月份": x.Month, "就诊号": x.Mdtrt, "人员编号": x.Psn}
	if masked {
		delete(is, "人员编号")
	}
	for _, c := range sheetColumns {
		was := r.told[c]
		if want, ok := is[c]; ok && was != "" && was != want {
			return fmt.Sprintf("%s写的是 %q，这条疑点的是 %q：是不是只排了一部分列，或改过单元格？请重新导出", c, was, want), nil
		}
	}
	sums := map[string]int64{"违规金额（元）": x.Vola, "其中基金（元）": x.Fund, "拟追金额（元）": x.Charged}
	for _, c := range sheetColumns {
		fen, ok := sums[c]
		if !ok {
			continue
		}
		was := strings.ReplaceAll(r.told[c], ",", "")
		if n, err := claim.ParseDecimal(was, 2); was != "" && (err != nil || n != fen) {
			return fmt.Sprintf("%s写的是 %q，这条疑点的是 %s：金额不在表里改，请打开疑点按行改", c, r.told[c], claim.Money(fen)), nil
		}
	}
	return "", nil
}

func (g *group) sheets() {
	type file struct {
		Type        string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
	api.Add(g.API, huma.Operation{OperationID: "review-sheet", Method: http.MethodGet, Path: "/api/review/sheet", Summary: "导出疑点清单（Excel），填好“办理”后可导回", Tags: tags}, outside(auth.ExportData, auth.Appeal),
		func(ctx context.Context, in *Filter) (*file, error) {
			who := api.Who(ctx)
			f, err := g.filter(in)
			if err != nil {
				return nil, err
			}
			items, err := g.all(ctx, who, f)
			if err != nil {
				return nil, err
			}
			at := api.Today()
			body, err := writeSheet(items, fmt.Sprintf("疑点清单　%s 于 %s 导出，共 %d 条，限本单位办案使用", who.Name, at, len(items)))
			if err != nil {
				return nil, err
			}
			if err := g.Desk.Exported(ctx, who, len(items)); err != nil {
				return nil, err
			}
			return &file{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment; filename*=UTF-8''%E7%96%91%E7%82%B9%E6%B8%85%E5%8D%95-" + at + ".xlsx", body}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "review-sheet-in", Method: http.MethodPost, Path: "/api/review/sheet", Summary: "导回填好的疑点清单：逐行检查，apply 为真才办理", Tags: tags, MaxBodyBytes: 16 << 20,
		Errors: []int{413, 422}}, look,
		func(ctx context.Context, in *struct {
			Apply   bool `query:"apply"`
			RawBody []byte
		}) (*api.Body[sheetReport], error) {
			rows, err := readSheet(in.RawBody)
			if err != nil {
				return nil, err
			}
			d := g.Desk
			if !in.Apply {
				d = d.Try()
			}
			out := sheetReport{Applied: in.Apply, Rows: len(rows), Items: []sheetRow{}}
			for _, r := range rows {
				if r.Said == "" {
					if r.Said, err = g.differs(ctx, api.Who(ctx), &r); err != nil {
						return nil, err
					}
				}
				if r.Said == "" {
					c, _, err := one(d, ctx, api.Who(ctx), eventNamed(r.Event), review.Ref{ID: r.ID, Version: r.version}, &Decision{Words: r.words})
					x, err := resultOf(r.ID, c, err)
					if err != nil {
						return nil, err
					}
					if r.OK, r.State, r.Code, r.Said = x.OK, x.State, x.Code, x.Said; r.OK {
						out.OK++
					}
				}
				out.Items = append(out.Items, r)
			}
			return &api.Body[sheetReport]{Body: out}, nil
		})
}
