package review

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/sheet"
	"github.com/mingjian/mingjian/internal/store"
)

// Kinds of rows in an older system's files. Which one a file holds is told by its header.
const (
	rowRule    = "规则"
	rowFinding = "疑点"
	rowRefund  = "总额"
)

// oldColumns are the columns of the files and what bureaus call them.
var oldColumns = map[string][]string{
	"old_id": {"旧编号", "疑点编号", "旧疑点编号"}, "old_rule": {"旧规则", "旧规则编号", "规则编号"}, "rule_id": {"现规则", "新规则", "对应规则"}, "rule_name": {"规则名称"}, "note": {"备注"},
	"fixmedins_code": {"机构编码", "机构代码", "定点医药机构编号"}, "psn_no": {"人员编号"}, "mdtrt_id": {"就诊号", "就诊ID"}, "setl_id": {"结算号", "结算ID"}, "feedetl_sn": {"明细号", "费用明细流水号"},
	"month": {"结算月份", "月份"}, "vola_amt": {"违规金额"}, "fund_amt": {"基金金额", "基金支付"}, "scope_amt": {"可扣金额", "纳入范围金额"}, "state": {"状态"}, "delivered": {"送达日", "送达日期"},
	"received": {"收回月份", "到账月份"}, "cont": {"说明", "违规内容"}, "source": {"来源"}, "ref_no": {"文号", "凭证号", "编号"}, "line": {"行号"}, "amt": {"金额", "收回金额"}, "paid_date": {"到账日", "收回日期"},
}

// OldRow is a row of an older system's file.
type OldRow struct {
	File  string
	Line  int
	Kind  string
	Cells map[string]string // by column
}

// maxOldRows bounds one take-over: it can be undone whole, in one go.
const maxOldRows = 10000

// ReadOld reads the rows of an older system's file (.csv, .csv.gz, .xlsx): which old rules are which cards, findings, or sums that had come
// back. Columns may have their field names or the bureau's words.
func ReadOld(name string, data []byte) ([]OldRow, error) {
	tables, err := sheet.Read(name, data)
	if err != nil {
		return nil, badField("file", "%s", err.Error())
	}
	var out []OldRow
	for _, t := range tables {
		if len(t.Rows) == 0 {
			continue
		}
		for i, h := range t.Header {
			t.Header[i] = columnOf(h)
		}
		kind, missing := kindOf(t)
		if missing != "" {
			return nil, badField("file", "%s：%s；表头是 %s", t.Name(), missing, strings.Join(t.Header[:min(len(t.Header), 12)], "、"))
		}
		for i, r := range t.Rows {
			out = append(out, OldRow{File: t.Name(), Line: t.Lines[i], Kind: kind, Cells: t.Cells(r)})
		}
	}
	if len(out) == 0 {
		return nil, badField("file", "%s 里没有行", name)
	}
	return out, nil
}

func columnOf(h string) string {
	low := strings.ToLower(strings.TrimSpace(h))
	if _, ok := oldColumns[low]; ok {
		return low
	}
	for name, words := range oldColumns {
		if slices.Contains(words, strings.TrimSpace(h)) {
			return name
		}
	}
	return h
}

// kindOf tells what a table holds, or what it lacks.
func kindOf(t *sheet.Table) (kind, missing string) {
	need := map[string][]string{rowRule: {"old_rule", "rule_id"}, rowRefund: {"fixmedins_code", "ref_no", "amt"},
		rowFinding: {"old_id", "old_rule", "fixmedins_code", "mdtrt_id", "month", "vola_amt", "fund_amt", "state"}}
	switch {
	case t.Has("old_id") && (t.Has("state") || t.Has("vola_amt")):
		kind = rowFinding
	case t.Has("old_rule", "rule_id"):
		kind = rowRule
	case t.Has("amt"):
		kind = rowRefund
	default:
		return "", "认不出是旧规则对应表（old_rule、rule_id）、旧疑点（old_id、old_rule、state……）还是已收回的总额（fixmedins_code、ref_no、amt）"
	}
	for _, c := range need[kind] {
		if !t.Has(c) {
			return "", "缺少列 " + c + "（" + strings.Join(oldColumns[c], "、") + "）"
		}
	}
	return kind, ""
}

// old is a row as a finding; every cell that cannot be read is told.
func (r *OldRow) old() (*Old, error) {
	c := r.Cells
	o := &Old{ID: c["old_id"], Rule: c["old_rule"], RuleName: c["rule_name"], Inst: c["fixmedins_code"], Psn: c["psn_no"], Mdtrt: c["mdtrt_id"], Setl: c["setl_id"], Sn: c["feedetl_sn"], Month: c["month"],
		State: c["state"], Received: c["received"], Cont: c["cont"]}
	var wrong []string
	for _, f := range []struct {
		name string
		to   *int64
	}{{"vola_amt", &o.Vola}, {"fund_amt", &o.Fund}, {"scope_amt", &o.Scope}} {
		var err error
		if *f.to, err = fenIn(c[f.name]); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s“%s”应为元，最多两位小数", oldColumns[f.name][0], c[f.name]))
		}
	}
	var err error
	if o.Delivered, err = dayIn(c["delivered"]); err != nil {
		wrong = append(wrong, fmt.Sprintf("送达日“%s”应写成 2025-07-01 的样子", c["delivered"]))
	}
	if len(wrong) > 0 {
		return o, badField("row", "%s", strings.Join(wrong, "；"))
	}
	return o, nil
}

// ReadOldFindings reads the findings of an older system's file; rows that cannot be read are told and left out.
func ReadOldFindings(name string, data []byte) (olds []Old, rejects []string, err error) {
	rows, err := ReadOld(name, data)
	if err != nil {
		return nil, nil, err
	}
	for i := range rows {
		r := &rows[i]
		if r.Kind != rowFinding {
			return nil, nil, badField("file", "%s 不是旧疑点：缺少列 old_id、state 等", r.File)
		}
		o, err := r.old()
		if err != nil {
			rejects = append(rejects, fmt.Sprintf("第 %d 行 %s：%s", r.Line, o.ID, err))
			continue
		}
		o.line = r.Line
		olds = append(olds, *o)
	}
	return olds, rejects, nil
}

// fenIn reads yuan as people write them: with thousands separators, perhaps the sign.
func fenIn(s string) (int64, error) {
	s = strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", "元", "").Replace(s)
	if s == "" {
		return 0, nil
	}
	return claim.ParseDecimal(s, 2)
}

func dayIn(s string) (claim.Day, error) {
	if s == "" {
		return 0, nil
	}
	return claim.ParseDay(strings.ReplaceAll(s, "/", "-"))
}

// refund is a row as money that had come back.
func (r *OldRow) refund() (*store.RefundElse, error) {
	c := r.Cells
	amt, err := fenIn(c["amt"])
	paid, dayErr := dayIn(c["paid_date"])
	switch {
	case c["fixmedins_code"] == "" || c["ref_no"] == "":
		return nil, badField("ref_no", "机构编码和文号都要写")
	case err != nil || amt <= 0:
		return nil, badField("amt", "金额“%s”应为大于零的元，最多两位小数", c["amt"])
	case dayErr != nil:
		return nil, badField("paid_date", "到账日“%s”应写成 2025-07-01 的样子", c["paid_date"])
	}
	x := &store.RefundElse{Source: legacy, RefNo: c["ref_no"], Line: c["line"], Inst: c["fixmedins_code"], Rule: c["rule_id"], Setl: c["setl_id"], Sn: c["feedetl_sn"], Amt: amt, PaidDay: int64(max(paid, 0)), Version: 1}
	x.ID = refundID(x.Inst, x.RefNo, x.Line)
	return x, nil
}

// refundID is what a refund is known by: institution, reference and line.
func refundID(inst, ref, line string) string { return strings.Join([]string{inst, ref, line}, "|") }

func (r *OldRow) body() string {
	b, err := json.Marshal(r.Cells)
	if err != nil {
		panic(err) // a map of text
	}
	return string(b)
}

func rowOf(r *store.TakeoverRow) (*OldRow, error) {
	x := &OldRow{File: r.File, Line: r.Line, Kind: r.Kind}
	return x, json.Unmarshal([]byte(r.Body), &x.Cells)
}
