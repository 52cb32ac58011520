package upload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Row is a row of an input table: column → value as text.
type Row struct {
	Table  string
	Values map[string]string
	Codes  []life.Code // of the row, invalid ones included
	No     int         // place in the message, from 1
	// Confirmed is why the clerk goes on although a box was sold before (trac_cfm_flag 1 with memo); "" when he did not say so.
	Confirmed string
}

// Bad is a row that cannot be read.
type Bad struct {
	Row  int
	Text string
}

// Delete asks for the withdrawal of what was uploaded under a batch number (3507). Kind: 1 stock-taking, 2 change,
// 3 purchase, 4 sale.
type Delete struct {
	Batch string
	Kind  int
}

// Upload is what a message says.
type Upload struct {
	Batch   bool // the batch form, or several rows in one message
	Rows    []Row
	Deletes []Delete
	Bad     []Bad // the other rows stand
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
	"3503": {[]string{"purcinfo", "purcinfoDetail"}, "purchase", map[string]string{"medins_prod_purc_no": "purc_no", "dynt_no": "purc_no", "prdr_name": "prodentp_name"},
		[]string{"med_list_codg", "fixmedins_bchno", "purc_retn_cnt", "purc_retn_stoin_time"}},
	"3504": {[]string{"purcinfo", "purcinfoDetail"}, "purchase", map[string]string{"medins_prod_purc_no": "purc_no", "prdr_name": "prodentp_name"},
		[]string{"med_list_codg", "fixmedins_bchno", "purc_retn_cnt", "purc_retn_stoin_time"}},
	"3505": {[]string{"selinfo", "selinfoDetail"}, "sale", map[string]string{"mdtrt_sn": "mdtrt_id", "psn_no": "psn_no", "fixmedins_hilist_id": "", "prsc_dr_certno": ""},
		[]string{"fixmedins_bchno", "sel_retn_cnt", "sel_retn_time"}},
	"3506": {[]string{"selinfo", "selinfoDetail"}, "sale", map[string]string{"mdtrt_sn": "mdtrt_id"}, []string{"fixmedins_bchno", "sel_retn_cnt", "sel_retn_time"}},
	"3507": {[]string{"data"}, "", nil, []string{"fixmedins_bchno", "inv_data_type"}},
}

// maxRows bounds a batch message.
const maxRows = 10_000

// Parse reads the input of a transaction: infno with or without the letter of the batch form, sent by the institution
// fixmedins. The error, in Chinese, says why nothing can be read of it; a row that lacks a field or cannot be read is in Bad.
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
	u := &Upload{Batch: len(objs) > 1 || strings.HasSuffix(strings.ToUpper(infno), "A")}
	known := fieldsOf(n.table, n.as, n.must)
	for i, o := range objs {
		f := fold(o)
		known.spell(f)
		if k := slices.IndexFunc(n.must, func(m string) bool { return text(f[m]) == "" }); k >= 0 {
			u.Bad = append(u.Bad, Bad{i + 1, fmt.Sprintf("第 %d 条缺少 %s", i+1, n.must[k])})
			continue
		}
		if n.table == "" {
			kind := strings.TrimLeft(text(f["inv_data_type"]), "0")
			if !slices.Contains([]string{"1", "2", "3", "4"}, kind) {
				u.Bad = append(u.Bad, Bad{i + 1, fmt.Sprintf("第 %d 条 inv_data_type %q 只能是 1、2、3、4", i+1, kind)})
				continue
			}
			u.Deletes = append(u.Deletes, Delete{text(f["fixmedins_bchno"]), int(kind[0] - '0')})
			continue
		}
		r, err := row(strings.TrimRight(infno, "Aa"), fixmedins, n.table, n.as, f)
		if err != nil {
			u.Bad = append(u.Bad, Bad{i + 1, fmt.Sprintf("第 %d 条：%v", i+1, err)})
			continue
		}
		r.No = i + 1
		if text(f["trac_cfm_flag"]) == "1" {
			r.Confirmed = text(f["memo"])
		}
		u.Rows = append(u.Rows, r)
	}
	return u, nil
}

// LineNo makes a line number of what tells lines of one document apart, where none is given: two drugs of one receipt may come in two messages.
func LineNo(parts ...string) string {
	return strconv.Itoa(int(crc32.ChecksumIEEE([]byte(strings.Join(parts, "\x1f"))) >> 1))
}

func row(infno, fixmedins, table string, as map[string]string, f map[string]any) (Row, error) {
	t := claim.MustTable(table)
	r := Row{Table: table, Values: map[string]string{}}
	for _, k := range slices.Sorted(maps.Keys(f)) {
		v, col := f[k], k
		if to, ok := as[k]; ok {
			col = to
		}
		if s := text(v); s != "" && col != "" && t.Col(col) >= 0 && (r.Values[col] == "" || k == col) {
			r.Values[col] = s
		}
	}
	r.Values["fixmedins_code"] = fixmedins
	raw := codes(f["drug_trac_codg"])
	for _, o := range find(f["drugtracinfo"], []string{"drugtracinfo"}) {
		x := fold(o)
		codeField.spell(x)
		if c := codes(x["drug_trac_codg"]); c != "" {
			raw += "|" + c
		}
	}
	if s := text(f["drugtracinfo"]); s != "" && s[0] != '{' && s[0] != '[' {
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
		if infno == "3504" { // a return names the purchase it sends back: it is another row all the same
			r.Values["purc_no"] += "-T" + r.Values["purc_retn_stoin_time"]
		}
	case "3506":
		def("rtal_docno", "T"+bch)
		def("med_list_codg", text(f["fixmedins_hilist_id"]))
		r.Values["line_no"] = LineNo("T", bch, r.Values["med_list_codg"], r.Values["drug_trac_codg"], r.Values["sel_retn_time"])
	case "3505":
		for _, c := range []string{"mdtrt_id", "setl_id"} { // a batch number may be one of many sales
			def("rtal_docno", r.Values[c])
		}
		def("rtal_docno", bch)
		def("med_list_codg", text(f["fixmedins_hilist_id"]))
		def("line_no", LineNo(bch, r.Values["med_list_codg"], r.Values["drug_trac_codg"]))
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
	case string: // JSON in a string
		if t := strings.TrimSpace(x); t != "" && (t[0] == '{' || t[0] == '[') {
			d := json.NewDecoder(strings.NewReader(t))
			d.UseNumber()
			var inner any
			if d.Decode(&inner) == nil {
				return find(inner, names)
			}
		}
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

// fields are the names of a message's fields by their letters alone: some editions write prodentpName where others write prodentp_name.
type fields map[string]string

var codeField = fields{"drugtraccodg": "drug_trac_codg"}

// fieldsOf are the fields that say something in a message whose rows belong to a table; "" = none.
func fieldsOf(table string, as map[string]string, must []string) fields {
	names := slices.Concat(must, []string{"drug_trac_codg", "drugtracinfo", "trac_cfm_flag", "memo", "fixmedins_hilist_id"}, slices.Sorted(maps.Keys(as)))
	if table != "" {
		t := claim.MustTable(table)
		for i := range t.Columns {
			names = append(names, t.Columns[i].Name)
		}
	}
	out := fields{}
	for _, n := range names {
		out[strings.ReplaceAll(n, "_", "")] = n
	}
	return out
}

// spell gives fields that were written otherwise their usual names, unless the usual one is there with a value.
func (fs fields) spell(f map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(f)) {
		if n, ok := fs[strings.ReplaceAll(k, "_", "")]; ok && n != k && (f[n] == nil || text(f[n]) == "") {
			f[n] = f[k]
		}
	}
}

// codes are the codes of a field, one text, several in one text, or a list of texts.
func codes(v any) string {
	list, ok := v.([]any)
	if !ok {
		return text(v)
	}
	var out []string
	for _, x := range list {
		if s := text(x); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "|")
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
