package upload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Row is a row of an input table: column → value as text.
type Row struct {
	Table  string
	Values map[string]string
	Codes  []life.Code // of the row, invalid ones included
}

// Delete asks for the withdrawal of what was uploaded under a batch number (3507). Kind: 1 stock-taking, 2 change,
// 3 purchase, 4 sale.
type Delete struct {
	Batch string
	Kind  int
}

// Upload is what a message says.
type Upload struct {
	Rows    []Row
	Deletes []Delete
}

// nodes of each transaction: where its rows stand, the table they belong to, and what their fields are called there.
var nodes = map[string]struct {
	names []string
	table string
	as    map[string]string // field of the message → column
	must  []string
}{
	"3501": {[]string{"invinfo", "invinfoDetail"}, "stock", map[string]string{"inv_cnt": "inv_cnt"}, []string{"med_list_codg", "invdate", "inv_cnt", "fixmedins_bchno"}},
	"3502": {[]string{"invinfo", "invinfoDetail"}, "stock_change", map[string]string{"medins_prod_inv_chg_no": "chg_no", "fixmedins_bchno": "fixmedins_bchno"},
		[]string{"med_list_codg", "inv_chg_type", "cnt", "inv_chg_time", "fixmedins_bchno"}},
	"3503": {[]string{"purcinfo", "purcinfoDetail"}, "purchase", map[string]string{"medins_prod_purc_no": "purc_no", "dynt_no": "purc_no"},
		[]string{"med_list_codg", "fixmedins_bchno", "purc_retn_cnt", "purc_retn_stoin_time"}},
	"3504": {[]string{"purcinfo", "purcinfoDetail"}, "purchase", map[string]string{"medins_prod_purc_no": "purc_no"},
		[]string{"med_list_codg", "fixmedins_bchno", "purc_retn_cnt", "purc_retn_stoin_time"}},
	"3505": {[]string{"selinfo", "selinfoDetail"}, "sale", map[string]string{"mdtrt_sn": "mdtrt_id", "psn_no": "psn_no", "fixmedins_hilist_id": "", "prsc_dr_certno": ""},
		[]string{"fixmedins_bchno", "sel_retn_cnt", "sel_retn_time"}},
	"3506": {[]string{"selinfo", "selinfoDetail"}, "sale", map[string]string{"mdtrt_sn": "mdtrt_id"}, []string{"fixmedins_bchno", "sel_retn_cnt", "sel_retn_time"}},
	"3507": {[]string{"data"}, "", nil, []string{"fixmedins_bchno", "inv_data_type"}},
}

// maxRows bounds a batch message.
const maxRows = 10_000

// Parse reads the input of a transaction: infno with or without the letter of the batch form, sent by the institution
// fixmedins. The error names the field that is missing or unreadable, in Chinese; nothing is read then.
func Parse(infno, fixmedins string, input []byte) (*Upload, error) {
	n, ok := nodes[strings.TrimRight(strings.ToUpper(infno), "A")]
	if !ok {
		return nil, fmt.Errorf("交易 %s 不是 3501 至 3507", infno)
	}
	d := json.NewDecoder(bytes.NewReader(input))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("报文不是合法的 JSON：%w", err)
	}
	objs := find(v, n.names)
	if len(objs) == 0 {
		return nil, fmt.Errorf("报文没有节点 %s", n.names[0])
	}
	if len(objs) > maxRows {
		return nil, fmt.Errorf("一次最多 %d 条，本次 %d 条，请分批", maxRows, len(objs))
	}
	u := &Upload{}
	for i, o := range objs {
		f := fold(o)
		for _, m := range n.must {
			if text(f[m]) == "" {
				return nil, fmt.Errorf("第 %d 条缺少 %s", i+1, m)
			}
		}
		if n.table == "" {
			kind := text(f["inv_data_type"])
			if !slices.Contains([]string{"1", "2", "3", "4"}, kind) {
				return nil, fmt.Errorf("第 %d 条 inv_data_type %q 只能是 1、2、3、4", i+1, kind)
			}
			u.Deletes = append(u.Deletes, Delete{text(f["fixmedins_bchno"]), int(kind[0] - '0')})
			continue
		}
		r, err := row(strings.TrimRight(infno, "Aa"), fixmedins, n.table, n.as, f)
		if err != nil {
			return nil, fmt.Errorf("第 %d 条：%w", i+1, err)
		}
		u.Rows = append(u.Rows, r)
	}
	return u, nil
}

func row(infno, fixmedins, table string, as map[string]string, f map[string]any) (Row, error) {
	t := claim.MustTable(table)
	r := Row{Table: table, Values: map[string]string{}}
	for k, v := range f {
		col := k
		if to, ok := as[k]; ok {
			col = to
		}
		if s := text(v); s != "" && col != "" && t.Col(col) >= 0 && (r.Values[col] == "" || k == col) {
			r.Values[col] = s
		}
	}
	r.Values["fixmedins_code"] = fixmedins
	raw := text(f["drug_trac_codg"])
	for _, o := range find(f["drugtracinfo"], []string{"drugtracinfo"}) {
		if c := text(fold(o)["drug_trac_codg"]); c != "" {
			raw += "|" + c
		}
	}
	if s := text(f["drugtracinfo"]); s != "" {
		raw += "|" + s
	}
	var words []string
	for _, c := range life.Codes(raw) {
		if c.Text != "" && !slices.Contains(words, c.Text) {
			words = append(words, c.Text)
			r.Codes = append(r.Codes, c)
		}
	}
	delete(r.Values, "drug_trac_codg")
	if len(words) > 0 && t.Col("drug_trac_codg") >= 0 {
		r.Values["drug_trac_codg"] = strings.Join(words, "|")
	}
	bch := r.Values["fixmedins_bchno"]
	def := func(col, v string) {
		if r.Values[col] == "" {
			r.Values[col] = v
		}
	}
	switch infno {
	case "3502":
		def("chg_no", bch)
	case "3503", "3504":
		def("purc_no", bch)
	case "3505", "3506":
		def("rtal_docno", bch)
		def("line_no", "1")
		def("med_list_codg", text(f["fixmedins_hilist_id"]))
	}
	if col := map[string]string{"3504": "purc_retn_cnt", "3506": "sel_retn_cnt"}[infno]; col != "" && !strings.HasPrefix(r.Values[col], "-") {
		r.Values[col] = "-" + r.Values[col]
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		s := r.Values[c.Name]
		if s == "" {
			if c.Required {
				return r, fmt.Errorf("缺少 %s", c.Name)
			}
			continue
		}
		var err error
		switch c.Type {
		case claim.Date:
			_, err = claim.ParseDay(s)
		case claim.Tm:
			_, err = claim.ParseTime(s)
		case claim.Num:
			_, err = claim.ParseDecimal(s, 4)
		case claim.Prc:
			_, err = claim.ParseDecimal(s, 6)
		}
		if err != nil {
			return r, fmt.Errorf("%s %q：%w", c.Name, s, err)
		}
	}
	return r, nil
}

// find returns the objects of a node: under one of its names at any of the first levels, or v itself; one object or a list.
func find(v any, names []string) []map[string]any {
	switch x := v.(type) {
	case []any:
		var out []map[string]any
		for _, e := range x {
			if m, ok := e.(map[string]any); ok {
				out = append(out, m)
			} else if s, ok := e.(string); ok {
				out = append(out, map[string]any{"drug_trac_codg": s})
			}
		}
		return out
	case map[string]any:
		f := fold(x)
		for _, n := range names {
			if inner, ok := f[strings.ToLower(n)]; ok {
				return find(inner, names)
			}
		}
		for _, shell := range []string{"input", "data"} {
			if inner, ok := f[shell]; ok && !slices.Contains(names, shell) {
				return find(inner, names)
			}
		}
		return []map[string]any{x}
	}
	return nil
}

// fold makes keys lower case; of two that differ in case alone the one with a value counts.
func fold(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		l := strings.ToLower(strings.TrimSpace(k))
		if old, ok := out[l]; !ok || text(old) == "" {
			out[l] = m[k]
		}
	}
	return out
}

// text is a scalar as the tables write it; "" for everything that says nothing.
func text(v any) string {
	switch x := v.(type) {
	case string:
		if s := strings.TrimSpace(x); !claim.Absent(s) {
			return s
		}
	case json.Number:
		return x.String()
	case bool:
		if x {
			return "1"
		}
		return "0"
	}
	return ""
}

// Traced is a code of a settlement's fee line (2207: drug_trac_info).
type Traced struct {
	FeedetlSn string
	Code      life.Code
	Split     bool
}

// Settled reads drug_trac_info beside a settlement. A line may come several times, once for each code.
func Settled(input []byte) ([]Traced, error) {
	d := json.NewDecoder(bytes.NewReader(input))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("报文不是合法的 JSON：%w", err)
	}
	top, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("报文不是一个对象")
	}
	f := fold(top)
	if in, ok := f["input"].(map[string]any); ok {
		f = fold(in)
	}
	node, ok := f["drug_trac_info"]
	if !ok || node == nil || text(node) == "" && node == "" {
		return nil, nil
	}
	var out []Traced
	for i, o := range find(node, []string{"drug_trac_info"}) {
		x := fold(o)
		sn := text(x["feedetl_sn"])
		codes := life.Codes(text(x["drug_trac_codg"]))
		if sn == "" || len(codes) == 0 {
			return nil, fmt.Errorf("drug_trac_info 第 %d 条缺少 feedetl_sn 或 drug_trac_codg", i+1)
		}
		for _, c := range codes {
			out = append(out, Traced{sn, c, text(x["trdn_flag"]) == "1"})
		}
	}
	return out, nil
}
