package claim

import "testing"

// Net quantities: every sentence of 规则口径 §一.3 and §一.4.
func TestNet(t *testing.T) {
	t.Parallel()
	const late = " fee_ocur_time=2025-03-10_12:00:00"
	for name, c := range map[string][2]string{
		"all of it":                       {"fee\nfee cnt=-1" + late, "| s1 |"},
		"part of it":                      {"fee cnt=3\nfee cnt=-1" + late, "f1*2 | s1 |"},
		"one after the other":             {"fee cnt=3\nfee cnt=-1" + late + "\nfee cnt=-1 fee_ocur_time=2025-03-10_11:00:00", "f1 | s1 |"},
		"the latest before it":            {"fee cnt=2\nfee cnt=2 fee_ocur_time=2025-03-10_11:00:00\nfee cnt=-1" + late, "f1*2 f2 | s1 |"},
		"the greater number at one time":  {"fee cnt=2\nfee cnt=2\nfee cnt=-1" + late, "f1*2 f2 | s1 |"},
		"not a later one":                 {"fee fee_ocur_time=2025-03-10_13:00:00\nfee cnt=-1" + late, "f1 | s1 | f2"},
		"at the same time":                {"fee feedetl_sn=z\nfee feedetl_sn=a cnt=-1", "| s1 |"},
		"enough is left":                  {"fee cnt=2\nfee cnt=1 fee_ocur_time=2025-03-10_11:00:00\nfee cnt=-2" + late, "f2 | s1 |"},
		"nobody has enough":               {"fee cnt=1\nfee cnt=1\nfee cnt=-2" + late, "f1 f2 | s1 | f3"},
		"another item":                    {"fee hilist_code=B\nfee cnt=-1" + late, "f1 | s1 | f2"},
		"another price":                   {"fee pric=11\nfee cnt=-1" + late, "f1 | s1 | f2"},
		"another visit":                   {"visit mdtrt_id=m2\nfee mdtrt_id=m2\nfee cnt=-1" + late, "f1 | s1 | f2"},
		"named":                           {"fee cnt=2\nfee cnt=2\nfee cnt=-1 init_feedetl_sn=f1" + late, "f1 f2*2 | s1 |"},
		"named, another price and later":  {"fee cnt=2 pric=11 fee_ocur_time=2025-03-10_13:00:00\nfee cnt=-1 init_feedetl_sn=f1" + late, "f1 | s1 |"},
		"named has too little":            {"fee cnt=1\nfee cnt=5\nfee cnt=-2 init_feedetl_sn=f1" + late, "f1 f2*5 | s1 | f3"},
		"named is used up":                {"fee\nfee cnt=5\nfee cnt=-1 init_feedetl_sn=f1" + late + "\nfee cnt=-1 init_feedetl_sn=f1" + late, "f2*5 | s1 | f4"},
		"named is not there":              {"fee cnt=2\nfee cnt=-1 init_feedetl_sn=f9" + late, "f1 | s1 |"},
		"named at another institution":    {"fee cnt=2 fixmedins_code=h2\nfee cnt=-1 init_feedetl_sn=f1 hilist_code=B" + late, "f1*2 | s1 | f2"},
		"named in another visit":          {"visit mdtrt_id=m2\nfee mdtrt_id=m2\nfee cnt=-1 init_feedetl_sn=f1" + late, "f1 | s1 | f2"},
		"no quantity":                     {"fee cnt=0\nfee", "f2 | s1 |"},
		"withdrawn negative":              {"fee\nfee cnt=-1 vali_flag=0" + late, "f1 | s1 |"},
		"of a settlement reversed":        {"settlement setl_id=r1 refd_setl_flag=1 medfee_sumamt=-10 init_setl_id=s1\nfee\nfee cnt=-1" + late + "\nfee setl_id=s2", "f3 | |"},
		"open lines":                      {"fee setl_id=\nfee setl_id= cnt=-1" + late, "| s1 |"},
		"sent again":                      {"fee feedetl_sn=a setl_id=\nfee feedetl_sn=a", "a | s1 |"},
		"sent again, its bill to come":    {"fee feedetl_sn=a setl_id=\nfee feedetl_sn=a setl_id=s9", "a | s1 |"},
		"sent again, another item":        {"fee feedetl_sn=a setl_id=\nfee feedetl_sn=a hilist_code=B", "a a | s1 |"},
		"sent again, another institution": {"fee feedetl_sn=a setl_id=\nfee feedetl_sn=a fixmedins_code=h2", "a a | s1 |"},
		"sent again, another visit":       {"visit mdtrt_id=m2\nfee feedetl_sn=a setl_id=\nfee feedetl_sn=a mdtrt_id=m2", "a a | s1 |"},
		"another number":                  {"fee setl_id=\nfee", "f1 f2 | s1 |"},
		"a negative sent again":           {"fee cnt=3\nfee feedetl_sn=a setl_id= cnt=-1" + late + "\nfee feedetl_sn=a cnt=-1" + late, "f1*2 | s1 |"},
		"both halves sent again": {"fee feedetl_sn=a setl_id= cnt=3\nfee feedetl_sn=b setl_id= cnt=-1" + late +
			"\nfee feedetl_sn=a cnt=3\nfee feedetl_sn=b cnt=-1" + late, "a*2 | s1 |"},
	} {
		t.Run(name, func(t *testing.T) { wantTold(t, "visit\nsettlement\n"+c[0], c[1]) })
	}
}

// Net money is the amount × net ÷ gross, half up to the fen.
func TestNetMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fee, amt, scope string
	}{
		{"cnt=3 det_item_fee_sumamt=10", "6.67", "6.67"},
		{"cnt=3 det_item_fee_sumamt=10 inscp_scp_amt=0.01", "6.67", "0.01"},
		{"cnt=2 det_item_fee_sumamt=0.01", "0.01", "0.01"},
		{"cnt=4 det_item_fee_sumamt=0.01", "0.01", "0.01"},
		{"cnt=1.5 det_item_fee_sumamt=9 preselfpay_amt=3", "3.00", "2.00"},
		{"cnt=2 det_item_fee_sumamt=9 overlmt_amt=30", "4.50", "0.00"},
	} {
		l := timeline(t, "visit\nsettlement\nfee "+c.fee+"\nfee cnt=-1").Lines[0]
		if l.Amt.String() != c.amt || l.InScope.String() != c.scope {
			t.Errorf("%s: %s, in scope %s; want %s, %s", c.fee, l.Amt, l.InScope, c.amt, c.scope)
		}
	}
}

// In-scope money: what the row says, else what is left of the amount; never below 0 (§一.5).
func TestInScope(t *testing.T) {
	t.Parallel()
	for fee, want := range map[string]string{
		"": "10.00", "inscp_scp_amt=3": "3.00", "inscp_scp_amt=0": "0.00", "inscp_scp_amt=-3": "0.00",
		"fulamt_ownpay_amt=1": "9.00", "overlmt_amt=2": "8.00", "preselfpay_amt=3": "7.00",
		"fulamt_ownpay_amt=1 overlmt_amt=2 preselfpay_amt=3":    "4.00",
		"fulamt_ownpay_amt=10.01":                               "0.00",
		"inscp_scp_amt=- fulamt_ownpay_amt=1.005":               "10.00",
		"inscp_scp_amt=2 fulamt_ownpay_amt=10 overlmt_amt=0":    "2.00",
		"inscp_scp_amt=\\N fulamt_ownpay_amt=NULL overlmt_amt=": "10.00",
	} {
		r := rowsOf(t, "visit\nsettlement\nfee "+fee)
		if got := Money(InScopes(r.Batch("fee"), []int{0})[0]).String(); got != want {
			t.Errorf("InScopes %q: %s, want %s", fee, got, want)
		}
		tl := timeline(t, "visit\nsettlement\nfee "+fee+"\nfee setl_id=")
		if got := tl.Lines[0].InScope.String(); got != want {
			t.Errorf("%q: %s, want %s", fee, got, want)
		}
		if got, want := tl.Setls[0].LineScope, tl.Lines[0].InScope; got != want {
			t.Errorf("%q: settlement holds %s, want %s", fee, got, want)
		}
	}
	l := Line{InScope: 1001}
	if tl := (&Timeline{}); tl.LineMoney(&l, 1, 2) != 501 || tl.LineMoney(&l, 3, 3) != 1001 || tl.LineMoney(&l, 1, 0) != 0 {
		t.Error("share of a line's money")
	}
}

// Extra sources repeat reversals and negative lines that another source may hold too.
func TestExtraSources(t *testing.T) {
	t.Parallel()
	const rows = "visit\nsettlement\nsettlement setl_id=s2\nfee cnt=3\nfee cnt=-1\nfee setl_id=s2 hilist_code=B"
	r := rowsOf(t, rows)
	src := r.Sources()
	for _, s := range src {
		if n := s.Batch.Table.Name; n == "fee" || n == "settlement" {
			src = append(src, Source{Batch: s.Batch, Extra: true})
		}
	}
	a := NewAssembler(NewVocab(r.Dicts), src, asOf)
	tl, ok := a.Next()
	if !ok {
		t.Fatal("nobody")
	}
	if got := tell(tl); got != "f1*2 f3 | s1 s2 |" {
		t.Error(got)
	}
	if _, more := a.Next(); more {
		t.Error("a second person")
	}
}
