package synth

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// cards the city must plant and nearly plant.
var cards = strings.Fields(`A001 A002 A003 A004 A005 A006 A007 A008 A009 A010 A011 A012 A013 A014 A015 A016 A017 A018 A019 A020 A021 A022 A023 A024 A025 A027 A028 A029 A030 A031 A032 A033 A034 A035
B001 B002 B003 B004 B005 B006 B007 B008 B009 B010 B011 B012 B013 B014 B018 B020 B021 B022 B023 B024 B025 B026 B027 B028 B029 B030 B031 B033 B034 B035 B036 C002 C009 C022 C024 D001 D002 D003 D004 D005
E001 E002 F001 F002 F006 F018 G001 G002 G003 G004 G006 G007 G015 G016 G017 G018 G029 G030 H001 H002 H003 H004 H007 H008 I001 I006 I007
L001 L002 L003 L004 X001 X002 X003
E004 E007 E008 E009 E011 E012 F003 F004 F005 F007 F008 F009 F010 F011 F014 F016 F017 F019 F020 F021 F022 G005 G008 G009 G012 G019 G023 G024 G027 G028 G031
C001 C003 C005 C006 C007 C008 C010 C011 C012 C013 C014 C015 C016 C017 C019 C023 C025 C026 D006 D008 D010 D011 D012 D013 D014 D015 D016
H005 H006 H009 H012 H013 H014 I002 I003 I004 I011 I012 L005 L008 L009 L010 L011 L012
P001 P002 P003 P007 P008 P009 P010 P011 P013 P014 P015 X007 X008 X009 X011 X012 X015`)

func TestEveryCardIsPlantedAndNearlyPlanted(t *testing.T) {
	dir, _ := made(t, Options{Persons: 5000, Months: 3, Seed: 1})
	count := map[string]int{}
	lines, visits := map[string]bool{}, map[string]bool{}
	for _, r := range rows(t, dir, "fee") {
		lines[r["mdtrt_id"]+"|"+r["feedetl_sn"]] = true
	}
	for _, r := range rows(t, dir, "visit") {
		visits[r["mdtrt_id"]] = true
	}
	plants, total := 0, len(lines)
	for _, r := range rows(t, dir, "truth") {
		count[r["rule_id"]+" "+r["kind"]]++
		if !visits[r["mdtrt_id"]] {
			t.Fatalf("truth names a visit that is not there: %v", r)
		}
		if sn := r["feedetl_sn"]; sn != "" && !lines[r["mdtrt_id"]+"|"+sn] {
			t.Fatalf("truth names a line that is not there: %v", r)
		}
		if r["kind"] != nearMiss {
			plants++
		}
	}
	for _, c := range cards {
		if n := count[c+" "+plant]; n < 5 {
			t.Errorf("%s: %d plants, want at least 5", c, n)
		}
		if n := count[c+" "+nearMiss]; n < 1 {
			t.Errorf("%s: no near-miss", c)
		}
	}
	if share := float64(plants) / float64(total); share < 0.003 || share > 0.02 {
		t.Errorf("labelled share of lines %.4f", share)
	}
}

func TestWorkersDoNotMoveAByte(t *testing.T) {
	a, _ := made(t, Options{Persons: 3300, Months: 2, Seed: 9, Workers: 1})
	b, _ := made(t, Options{Persons: 3300, Months: 2, Seed: 9, Workers: 4})
	c, _ := made(t, Options{Persons: 3300, Months: 2, Seed: 10, Workers: 4})
	names, err := os.ReadDir(a)
	if err != nil {
		t.Fatal(err)
	}
	differs := false
	for _, e := range names {
		x, _ := os.ReadFile(filepath.Join(a, e.Name()))
		y, err := os.ReadFile(filepath.Join(b, e.Name()))
		if err != nil || !bytes.Equal(x, y) {
			t.Errorf("%s differs between one and four workers: %v", e.Name(), err)
		}
		z, _ := os.ReadFile(filepath.Join(c, e.Name()))
		differs = differs || !bytes.Equal(x, z)
	}
	if !differs {
		t.Error("another seed gives the same city")
	}
}

func TestRowsKeepTheContract(t *testing.T) {
	dir, st := made(t, Options{Persons: 2000, Months: 2, Seed: 4})
	files, _ := filepath.Glob(filepath.Join(dir, "*.csv"))
	tables := map[string]bool{}
	for _, f := range files {
		name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(f), ".csv"), "_2")
		tables[name] = true
	}
	for name := range tables {
		if name == "truth" || name == "truth_models" {
			continue
		}
		tab := claim.TableOf(strings.TrimSuffix(name, "_models"))
		if tab == nil {
			t.Errorf("%s is no table of the contract", name)
			continue
		}
		b, ds := claim.NewBatch(tab), claim.NewDicts()
		var cols []int
		eachRow(t, dir, name, func(file, head, rec []string) {
			cols = cols[:0]
			for _, h := range head {
				c := tab.Col(h)
				if c < 0 {
					t.Fatalf("%s has no column %s", name, h)
				}
				cols = append(cols, c)
			}
			if err := b.Append(ds, cols, rec, func(_ int, e *claim.FieldError) { t.Fatalf("%s: %v", name, e) }); err != nil {
				t.Fatalf("%s %v: %v", name, rec, err)
			}
		})
		if n := st.Rows[name]; n != 0 && n != int64(b.N) {
			t.Errorf("%s: %d rows written, %d counted", name, b.N, n)
		}
	}
}

func TestEverythingNamedExists(t *testing.T) {
	dir, _ := made(t, Options{Persons: 2000, Months: 2, Seed: 4})
	set := func(table, col string) map[string]bool {
		m := map[string]bool{}
		for _, r := range rows(t, dir, table) {
			m[r[col]] = true
		}
		return m
	}
	persons, insts, visits := set("person", "psn_no"), set("institution", "fixmedins_code"), set("visit", "mdtrt_id")
	setls, docs := set("settlement", "setl_id"), set("practitioner", "prac_psn_code")
	for _, check := range []struct {
		table, col string
		in         map[string]bool
	}{
		{"visit", "psn_no", persons}, {"visit", "fixmedins_code", insts}, {"visit", "atddr_no", docs}, {"visit", "mom_psn_no", persons},
		{"fee", "mdtrt_id", visits}, {"fee", "psn_no", persons}, {"fee", "setl_id", setls}, {"fee", "bilg_dr_codg", docs},
		{"settlement", "mdtrt_id", visits}, {"settlement", "init_setl_id", setls}, {"diagnosis", "mdtrt_id", visits},
		{"operation", "mdtrt_id", visits}, {"death", "psn_no", persons}, {"birth", "psn_no", persons}, {"chronic", "psn_no", persons},
		{"contract", "fixmedins_code", insts}, {"lab", "mdtrt_id", visits}, {"exec", "mdtrt_id", visits}, {"credential", "prac_psn_code", docs},
		{"operation", "oper_dr_code", docs}, {"exam", "mdtrt_id", visits}, {"record", "mdtrt_id", visits}, {"bed_move", "mdtrt_id", visits},
		{"purchase", "fixmedins_code", insts}, {"device", "fixmedins_code", insts}, {"attendance", "psn_no", persons},
	} {
		for _, r := range rows(t, dir, check.table) {
			if v := r[check.col]; v != "" && !check.in[v] && !strings.HasPrefix(v, unknownDoctor) {
				t.Fatalf("%s.%s=%s is nowhere", check.table, check.col, v)
			}
		}
	}
}

func TestSettlementsBalance(t *testing.T) {
	dir, _ := made(t, Options{Persons: 3000, Months: 3, Seed: 2})
	type sums struct{ fee, full, pre, over claim.Money }
	lines := map[string]*sums{}
	negatives := 0
	for _, r := range newest(rows(t, dir, "fee"), "fixmedins_code", "mdtrt_id", "feedetl_sn", "setl_id", "cnt") {
		if r["vali_flag"] == "0" || r["setl_id"] == "" {
			continue
		}
		if strings.HasPrefix(r["cnt"], "-") {
			negatives++
		}
		s := lines[r["setl_id"]]
		if s == nil {
			s = &sums{}
			lines[r["setl_id"]] = s
		}
		s.fee += money(t, r["det_item_fee_sumamt"])
		s.full += money(t, r["fulamt_ownpay_amt"])
		s.pre += money(t, r["preselfpay_amt"])
		s.over += money(t, r["overlmt_amt"])
	}
	reversals, all := 0, rows(t, dir, "settlement")
	for _, r := range all {
		f := func(col string) claim.Money { return money(t, r[col]) }
		s := lines[r["setl_id"]]
		if s == nil {
			s = &sums{}
		}
		fee := f("medfee_sumamt")
		if fee != s.fee || f("fulamt_ownpay_amt") != s.full || f("preselfpay_amt") != s.pre || f("inscp_scp_amt") != fee-s.full-s.pre-s.over {
			t.Fatalf("settlement %v against its lines %+v", r, *s)
		}
		if f("fund_pay_sumamt")+f("acct_pay")+f("acct_mulaid_pay")+f("psn_cash_pay") != fee || f("hifp_pay")+f("hifes_pay")+f("hifmi_pay") != f("fund_pay_sumamt") ||
			f("psn_part_amt") != fee-f("fund_pay_sumamt") {
			t.Fatalf("settlement does not balance: %v", r)
		}
		if r["refd_setl_flag"] == "1" {
			reversals++
			if fee > 0 {
				t.Fatalf("reversal with positive money: %v", r)
			}
		}
	}
	if share := float64(reversals) / float64(len(all)); share < 0.003 || share > 0.02 || negatives == 0 {
		t.Errorf("%.4f of the settlements are reversals, %d negative lines", share, negatives)
	}
}

func TestBatchBookingIsRealInALargeCity(t *testing.T) {
	dir, _ := made(t, Options{Persons: 20_000, Months: 3, Seed: 3})
	type key struct{ inst, item, month string }
	all, instant := map[key]int{}, map[key]map[string]int{}
	for _, r := range rows(t, dir, "fee") {
		if r["med_chrgitm_type"] != "05" || strings.HasPrefix(r["cnt"], "-") || len(r["fee_ocur_time"]) < 19 {
			continue
		}
		k := key{r["fixmedins_code"], r["hilist_code"], r["fee_ocur_time"][:7]}
		all[k]++
		if instant[k] == nil {
			instant[k] = map[string]int{}
		}
		instant[k][r["fee_ocur_time"]]++
	}
	batches, months := 0, map[string]bool{}
	for k, n := range all {
		for _, m := range instant[k] {
			if n >= 100 && m*5 > n {
				batches++
				months[k.month] = true
				if !strings.HasPrefix(k.inst, "H990101000001") && !strings.HasPrefix(k.inst, "H99010100001") {
					t.Errorf("batch booking at %v", k)
				}
			}
		}
	}
	if len(months) != 3 {
		t.Errorf("batch booking in months %v, want all three (%d batches)", months, batches)
	}
}

func TestOptionsAreRefusedInWords(t *testing.T) {
	for _, o := range []Options{{}, {Out: "x", Persons: 3}, {Out: "x", Months: 99}, {Out: "x", Persons: 9_000_000}} {
		if _, err := Generate(o); err == nil {
			t.Errorf("%+v accepted", o)
		}
	}
}

func TestCleanCityHasNoLabels(t *testing.T) {
	_, st := made(t, Options{Persons: 1000, Months: 2, Seed: 1, Clean: true})
	if len(st.Truth) != 0 || st.Lines == 0 {
		t.Errorf("clean city: %d lines, labels %v", st.Lines, st.Truth)
	}
}

func TestCleanItemsDoNotCollide(t *testing.T) {
	ix := testIndex(t)
	in := map[*item]bool{}
	for role, items := range ix.roles {
		if len(items) == 0 {
			t.Errorf("role %s is empty", role)
		}
		for _, it := range items {
			in[it] = true
		}
	}
	for _, rule := range pairRules {
		for _, p := range ix.points[rule] {
			if a, b := ix.byCode[p.Subject], ix.byCode[p.Second]; in[a] && in[b] {
				t.Errorf("%s links %s and %s, both in the clean set", rule, a.Name, b.Name)
			}
		}
	}
	for _, role := range []string{"bed", "nursing", "ward", "consult", "consult1", "lab", "lab2", "exam", "imaging", "infuse", "injected", "oral",
		"external", "treat", "hour", "consumable", "opconsumable", "surgery", "dialysis", "delivery", "caesarean", "antenatal", "herb"} {
		if !slices.ContainsFunc(ix.roles[role], func(*item) bool { return true }) {
			t.Errorf("no clean item for %s", role)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	var lines int64
	for b.Loop() {
		st, err := Generate(Options{Out: b.TempDir(), Persons: 50_000, Months: 3, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		lines += st.Lines
	}
	b.ReportMetric(float64(lines)/b.Elapsed().Seconds(), "lines/s")
}
