package lake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

var (
	march = claim.DayOf(2025, 3, 1).Month()
	april = march + 1
)

const (
	setlHead = "setl_id,mdtrt_id,psn_no,fixmedins_code,setl_time,medfee_sumamt,fund_pay_sumamt,refd_setl_flag,init_setl_id,vali_flag,updt_time\n"
	feeHead  = "feedetl_sn,mdtrt_id,setl_id,psn_no,fixmedins_code,fee_ocur_time,hilist_code,cnt,pric,det_item_fee_sumamt,vali_flag,updt_time\n"
)

// world imports texts one import after the other into one lake.
type world struct {
	t   *testing.T
	dir string
	n   int
}

func newWorld(t *testing.T) *world { return &world{t: t, dir: t.TempDir()} }

// add imports one file per table in one import.
func (w *world) add(files ...string) *Report {
	w.t.Helper()
	src := w.t.TempDir()
	var paths []string
	for i := 0; i < len(files); i += 2 {
		w.n++
		paths = append(paths, write(w.t, src, fmt.Sprintf("%s_%d.csv", files[i], w.n), []byte(files[i+1])))
	}
	rep := importTo(w.t, w.dir, ImportOptions{Buckets: 4}, paths...)
	if f := rep.Failed(); f != nil {
		w.t.Fatalf("failed: %+v", f)
	}
	return rep
}

func (w *world) rows(table string, m claim.Month) int64 { return snapshot(w.t, w.dir).Rows(table, m) }

// column lists the values of a column of all live rows, sorted.
func (w *world) column(table, col string) (out []string) {
	w.t.Helper()
	s := snapshot(w.t, w.dir)
	for _, r := range s.refs(table) {
		b := must(s.Read(table, r.month(), r.bucket(), []string{col}))
		for i := range b.N {
			out = append(out, b.Format(s.Dicts(), b.Table.MustCol(col), i))
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) want(what string, got any, want any) {
	w.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestSameAgainIsAlreadyThere(t *testing.T) {
	w := newWorld(t)
	text := visitHead + "M1,P1,H1,11,2025-03-01 08:00:00\nM2,P2,H1,11,2025-03-02\n"
	w.add("visit", text)
	id := snapshot(t, w.dir).ID()
	rep := w.add("visit", text)
	w.want("note", rep.Files[0].Note, "已导入")
	// The same rows written in another way: another file, equal values.
	rep = w.add("visit", "begntime,MDTRT_ID,psn_no,fixmedins_code,med_type\n2025-03-01T08:00,M1,P1,H1,11\n2025/03/02,M2,P2,H1,11\n2025-03-02,M2,P2,H1,11\n")
	w.want("known", rep.Files[0].Known, 3)
	w.want("landed", rep.Files[0].Landed, 0)
	w.want("months", rep.Months, "[]")
	w.want("id", snapshot(t, w.dir).ID(), id)
}

func TestCorrectionsAndWithdrawals(t *testing.T) {
	w := newWorld(t)
	setl := func(id, amt, vali, updt string) string {
		return setlHead + fmt.Sprintf("%s,M1,P1,H1,2025-03-05,%s,0,,,%s,%s\n", id, amt, vali, updt)
	}
	w.add("settlement", setl("S1", "10.00", "1", "2025-03-06"), "settlement", setl("S2", "20", "", ""))
	w.want("amounts", w.column("settlement", "medfee_sumamt"), "[10.00 20.00]")

	rep := w.add("settlement", setl("S1", "11.00", "1", "2025-03-07"))
	w.want("corrected", rep.Files[0].Corrected, 1)
	w.want("months", rep.Months, "[2025-03]")
	w.want("amounts", w.column("settlement", "medfee_sumamt"), "[11.00 20.00]")

	// An old version sent again is known, not a conflict; an older version never seen is rejected.
	rep = w.add("settlement", setl("S1", "10.000", "1", "2025-03-06 00:00:00"))
	w.want("known", rep.Files[0].Known, 1)
	rep = w.add("settlement", setl("S1", "9.00", "1", "2025-03-05"))
	w.want("rejected", rep.Files[0].Rejected, 1)
	rep = w.add("settlement", setl("S2", "21", "", ""))
	w.want("rejected", rep.Files[0].Rejected, 1)
	w.want("raw", rejectsOf(t, w.dir, rep)[0][5], "S2,M1,P1,H1,2025-03-05,21,0,,,,")
	w.want("amounts", w.column("settlement", "medfee_sumamt"), "[11.00 20.00]")

	rep = w.add("settlement", setl("S2", "20", "0", ""))
	w.want("withdrawn", rep.Files[0].Withdrawn, 1)
	w.want("months", rep.Months, "[2025-03]")
	w.want("amounts", w.column("settlement", "medfee_sumamt"), "[11.00]")
	w.add("settlement", setl("S2", "20", "1", "2025-04-01"))
	w.want("amounts", w.column("settlement", "medfee_sumamt"), "[11.00 20.00]")

	// The newest wins whatever the order within one import.
	w.add("settlement", setl("S3", "32", "1", "2025-03-09"), "settlement", setl("S3", "31", "1", "2025-03-08"))
	w.want("amounts", w.column("settlement", "medfee_sumamt"), "[11.00 20.00 32.00]")
}

func TestSameKeyUnderAnotherPerson(t *testing.T) {
	w := newWorld(t)
	w.add("visit", visitHead+"M1,P1,H1,11,2025-03-01\n")
	for i := range 8 { // whatever bucket the other person is in
		rep := w.add("visit", visitHead+fmt.Sprintf("M1,Q%d,H1,11,2025-03-01\n", i))
		w.want("rejected", rep.Files[0].Rejected, 1)
	}
	w.want("rows", w.rows("visit", march), 1)
}

func feeLine(sn, mdtrt, setl, psn, cnt string) string {
	return fmt.Sprintf("%s,%s,%s,%s,H1,2025-03-01 09:00:00,X1,%s,1,%s,,\n", sn, mdtrt, setl, psn, cnt, cnt)
}

func TestFeeKeyHasTheSign(t *testing.T) {
	w := newWorld(t)
	w.add("fee", feeHead+feeLine("F1", "M1", "S1", "P1", "2")+feeLine("F1", "M1", "S1", "P1", "-2"))
	w.want("counts", w.column("fee", "cnt"), "[-2 2]")
}

func TestParentsThatComeLater(t *testing.T) {
	w := newWorld(t)
	w.add("fee", feeHead+feeLine("F1", "M1", "S1", "P1", "1"), "diagnosis", "mdtrt_id,diag_code\nM1,I10\n",
		"death", "certno,begntime,source\n110101198001011234,2025-03-09,民政\n")
	w.want("open fees", w.rows("fee", 0), 1)
	w.want("diagnoses", snapshot(t, w.dir).TotalRows("diagnosis"), 0)
	w.want("waiting", snapshot(t, w.dir).Waiting("diagnosis"), 1)
	rep := w.add("settlement", setlHead+"S1,M1,P1,H1,2025-04-02,1,0,,,,\n", "visit", visitHead+"M1,P1,H1,11,2025-03-01\n",
		"person", "psn_no,gend,brdy,certno\nP1,1,1980-01-01,110101198001011234\n")
	w.want("open fees", w.rows("fee", 0), 0)
	w.want("fees in April", w.rows("fee", april), 1)
	w.want("diagnoses in March", w.rows("diagnosis", march), 1)
	w.want("waiting", snapshot(t, w.dir).Waiting("diagnosis"), 0)
	w.want("deaths", snapshot(t, w.dir).TotalRows("death"), 1)
	w.want("months", rep.Months, "[2025-04]")

	// A settlement corrected into another month takes its lines along, and gives both months back to the audit.
	rep = w.add("settlement", setlHead+"S1,M1,P1,H1,2025-03-31,1,0,,,,2025-05-01\n")
	w.want("fees in March", w.rows("fee", march), 1)
	w.want("fees in April", w.rows("fee", april), 0)
	w.want("months", rep.Months, "[2025-03 2025-04]")
	// A withdrawn settlement leaves its lines open; coming back, it takes them again.
	w.add("settlement", setlHead+"S1,M1,P1,H1,2025-03-31,1,0,,,0,2025-05-02\n")
	w.want("open fees", w.rows("fee", 0), 1)
	w.add("settlement", setlHead+"S1,M1,P1,H1,2025-03-31,1,0,,,1,2025-05-03\n")
	w.want("fees in March", w.rows("fee", march), 1)
	// The moved line is still the same line.
	rep = w.add("fee", feeHead+feeLine("F1", "M1", "S1", "P1", "1.0")+feeLine("F1", "M1", "S1", "P1", "3"))
	w.want("known", rep.Files[0].Known, 1)
	w.want("rejected", rep.Files[0].Rejected, 1)
}

func TestCorrectionOfAMovedRow(t *testing.T) {
	w := newWorld(t)
	w.add("fee", feeHead+feeLine("F1", "M1", "S1", "P1", "1"))
	w.add("settlement", setlHead+"S1,M1,P1,H1,2025-04-02,1,0,,,,\n")
	rep := w.add("fee", feeHead+"F1,M1,S1,P1,H1,2025-03-01 09:00:00,X1,5,1,5,,2025-06-01\n")
	w.want("corrected", rep.Files[0].Corrected, 1)
	w.want("counts", w.column("fee", "cnt"), "[5]")
	w.want("fees in April", w.rows("fee", april), 1)
}

func TestLateVisitRowsReopenTheMonth(t *testing.T) {
	w := newWorld(t)
	w.add("visit", visitHead+"M1,P1,H1,11,2025-03-01\n", "settlement", setlHead+"S1,M1,P1,H1,2025-04-02,1,0,,,,\nS2,M2,P1,H1,2025-03-02,1,0,,,,\n")
	rep := w.add("diagnosis", "mdtrt_id,diag_code\nM1,I10\n")
	w.want("months", rep.Months, "[2025-04]")
	rep = w.add("settlement", setlHead+"S9,M1,P1,H1,2025-05-09,-1,0,1,S2,,\n")
	w.want("months", rep.Months, "[2025-03 2025-05]")
}

func TestReversalsOfAllMonths(t *testing.T) {
	w := newWorld(t)
	w.add("settlement", setlHead+"S1,M1,P1,H1,2025-03-02,10,0,,,,\nS2,M1,P1,H1,2025-04-02,-10,0,1,S1,,\n",
		"fee", feeHead+feeLine("F1", "M1", "S1", "P1", "2")+feeLine("F2", "M1", "S2", "P1", "-2"))
	s := snapshot(t, w.dir)
	p := s.Dicts()[claim.DictPerson].Find("P1")
	bucket := bucketOf(s.Pers(p), s.Buckets())
	refunds, negative := must(s.Refunds(bucket)), must(s.Negatives(bucket))
	w.want("refunds", refunds.Str(refunds.Table.MustCol("setl_id"), 0), "S2")
	w.want("negative", negative.Str(negative.Table.MustCol("feedetl_sn"), 0), "F2")
	w.want("rows", fmt.Sprint(refunds.N, negative.N), "1 1")
	w.want("person", negative.Pers[0], s.Pers(p))
	// They go with their settlement.
	w.add("settlement", setlHead+"S2,M1,P1,H1,2025-04-02,-10,0,1,S1,0,2025-06-01\n")
	s = snapshot(t, w.dir)
	w.want("refunds", must(s.Refunds(bucket)).N, 0)
	w.want("negative", must(s.Negatives(bucket)).N, 1)
}

const personHead = "psn_no,gend,brdy,certno,psn_cert_type\n"

func TestPersons(t *testing.T) {
	w := newWorld(t)
	mother := "110101198503070023"
	w.add("person", personHead+
		"P1,2,1985-03-07,"+mother+",01\n"+
		"P2,2,1985-03-07,"+mother+",\n"+ // a second number of the mother
		"P3,1,2025-03-01,"+mother+",01\n"+ // her newborn
		"P4,2,2025-03-01,"+mother+",01\n"+ // and twins of the same sex
		"P5,2,2025-03-01,"+mother+",01\n"+
		"P6,1,1990-01-01,999999999999999999,01\n"+
		"P7,1,1990-01-01,999999999999999999,01\n"+
		"P8,1,1990-01-01,X123,03\n"+ // another kind of certificate
		"P9,1,1990-01-01,X123,03\n"+
		"PA,1,1970-01-01,,\nPB,1,1971-01-01,,\n"+
		"PC,1,1991-02-02,11010119910202001x,\nPD,1,1991-02-02,11010119910202001X,\n",
		"person_link", "psn_no,pers_id,link_type\nPA,X,更名\nPB,X,人工\nPD,Y,监护人证\n")
	s := snapshot(t, w.dir)
	d := s.Dicts()[claim.DictPerson]
	same := func(a, b string) bool { return s.Pers(d.Find(a)) == s.Pers(d.Find(b)) }
	for _, c := range []struct {
		a, b string
		want bool
	}{{"P1", "P2", true}, {"P1", "P3", false}, {"P1", "P4", false}, {"P4", "P5", false}, {"P3", "P4", false}, {"P6", "P7", false},
		{"P8", "P9", false}, {"PA", "PB", true}, {"PC", "PD", false}} {
		if same(c.a, c.b) != c.want {
			t.Errorf("%s and %s one person: %v, want %v", c.a, c.b, !c.want, c.want)
		}
	}
}

// TestLateUnion: rows that landed under two persons come together when a link arrives.
func TestLateUnion(t *testing.T) {
	w := newWorld(t)
	var people, visits, links strings.Builder
	people.WriteString(personHead)
	visits.WriteString(visitHead)
	links.WriteString("psn_no,pers_id\n")
	for i := range 40 {
		fmt.Fprintf(&people, "A%d,1,1980-01-01,,\nB%d,1,1980-01-01,,\n", i, i)
		fmt.Fprintf(&visits, "MA%d,A%d,H1,11,2025-03-02\nMB%d,B%d,H1,11,2025-03-01\n", i, i, i, i)
		fmt.Fprintf(&links, "A%d,X%d\nB%d,X%d\n", i, i, i, i)
	}
	w.add("person", people.String(), "visit", visits.String())
	before := w.column("visit", "mdtrt_id")
	rep := w.add("person_link", links.String())
	w.want("united", rep.Persons, 40)
	w.want("visits", w.column("visit", "mdtrt_id"), before)
	s := snapshot(t, w.dir)
	checkOrder(t, s, claim.MustTable("visit"))
	checkOrder(t, s, claim.MustTable("person"))
	d := s.Dicts()[claim.DictPerson]
	for i := range 40 {
		p := s.Pers(d.Find(fmt.Sprintf("B%d", i)))
		b := must(s.Read("visit", march, bucketOf(p, s.Buckets()), nil))
		n := 0
		for k := range b.N {
			if b.Pers[k] == p {
				n++
			}
		}
		if n != 2 {
			t.Errorf("person %d has %d visits, want 2", i, n)
		}
	}
	rep = w.add("visit", strings.ReplaceAll(visits.String(), "08:00", "08:00:00")+"MC,A1,H1,11,2025-03-03\n")
	w.want("known", rep.Files[0].Known, 80)
}

func TestManyPiecesBecomeOne(t *testing.T) {
	w := newWorld(t)
	for i := range 2*maxPieces + maxSidecars {
		w.add("visit", visitHead+fmt.Sprintf("M%d,P1,H1,11,2025-03-%02d\n", i, 28-i%28))
	}
	s := snapshot(t, w.dir)
	w.want("rows", s.Rows("visit", march), 2*maxPieces+maxSidecars)
	if n := len(s.Files("visit", march)); n > maxPieces {
		t.Errorf("%d pieces", n)
	}
	if n := len(s.m.Tables["visit"].Keys); n > maxSidecars {
		t.Errorf("%d key files", n)
	}
	checkOrder(t, s, claim.MustTable("visit"))
	rep := w.add("visit", visitHead+"M0,P1,H1,11,2025-03-28 00:00:00\nM3,P1,H1,11,2025-03-25\n")
	w.want("known", rep.Files[0].Known, 1) // a time of 00:00:00 is not a date alone
	w.want("rejected", rep.Files[0].Rejected, 1)
	lk := must(must(Open(w.dir)).Writer())
	defer lk.Close()
	if err := lk.Sweep(); err != nil {
		t.Fatal(err)
	}
	w.want("rows", snapshot(t, w.dir).Rows("visit", march), 2*maxPieces+maxSidecars)
	if err := snapshot(t, w.dir).Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFillAndTotals(t *testing.T) {
	w := newWorld(t)
	w.add("settlement", "setl_id,mdtrt_id,psn_no,fixmedins_code,insutype,setl_time,medfee_sumamt,fund_pay_sumamt,clr_type,invono\n"+
		"S1,M1,P1,H1,310,2025-03-02,10,4,11,I1\nS2,M1,P2,H1,310,2025-03-02,20,5,11,\nS3,M1,P2,H2,390,2025-04-02,-1,-1,21,I3\n")
	s := snapshot(t, w.dir)
	f, err := s.Fill("settlement")
	if err != nil {
		t.Fatal(err)
	}
	h1 := s.Dicts()[claim.DictInst].Find("H1")
	col := claim.MustTable("settlement").MustCol("invono")
	w.want("rate", f.ByInst[h1].Rate(col), 0.5)
	w.want("rows", f.ByMonth[march][h1].Rows, 2)
	tot, err := s.Totals()
	if err != nil {
		t.Fatal(err)
	}
	w.want("totals", len(tot), 2)
	w.want("first", fmt.Sprint(tot[0].Count, tot[0].Medfee, tot[0].Fund, tot[0].Month), "2 30.00 9.00 2025-03")
	w.want("second", fmt.Sprint(tot[1].Count, tot[1].Medfee, tot[1].Fund, tot[1].Month), "1 -1.00 -1.00 2025-04")
}

func TestQualityFlags(t *testing.T) {
	w := newWorld(t)
	rep := w.add("person", personHead+"P1,1,1985-03-07,110101198503070023,01\n", // 17th digit even: a woman's
		"institution", "fixmedins_code,fixmedins_name,fixmedins_type,admdvs\nH1,甲,1,990101\n",
		"settlement", "setl_id,mdtrt_id,psn_no,fixmedins_code,setl_time,medfee_sumamt,fund_pay_sumamt,acct_pay,psn_cash_pay,acct_mulaid_pay\n"+
			"S1,M1,P1,H1,2025-03-02,10,4,1,5,\nS2,M1,P1,H1,2025-03-02,10,4,1,4,1\nS3,M1,PX,HX,2025-03-02,10,4,1,4,\n",
		"fee", feeHead+"F1,M1,S1,P1,H1,2025-03-01,X1,3,0.335,1.01,,\nF2,M1,S1,P1,H1,2025-03-01,X1,3,0.335,1.03,,\n")
	got := map[string]int64{}
	for _, f := range rep.Flags {
		got[f.Table+":"+fmt.Sprint(f.Kind)] = f.Count
	}
	w.want("flags", got, map[string]int64{fmt.Sprint("person:", FlagSex): 1, fmt.Sprint("settlement:", FlagBalance): 1,
		fmt.Sprint("settlement:", FlagPerson): 1, fmt.Sprint("settlement:", FlagInst): 1, fmt.Sprint("fee:", FlagAmount): 1})
}

// TestMonthsSurviveAnInterruption: the report of an import that is continued names the months of its first part too.
func TestMonthsSurviveAnInterruption(t *testing.T) {
	w := newWorld(t)
	w.add("visit", visitHead+"M1,P1,H1,11,2025-03-01\n", "settlement", setlHead+"S1,M1,P1,H1,2025-04-02,1,0,,,,\n")
	src := t.TempDir()
	write(t, src, "diagnosis.csv", []byte("mdtrt_id,diag_code\nM1,I10\n"))
	write(t, src, "fee.csv", []byte(feeHead+feeLine("F1", "M1", "S0", "P1", "1")))
	ctx, cancel := context.WithCancel(t.Context())
	wr := must(must(Open(w.dir)).Writer())
	_, err := wr.Import(ctx, []string{src}, ImportOptions{Progress: func(p Progress) {
		if p.Table == "fee" {
			cancel()
		}
	}})
	wr.Close()
	if err == nil {
		t.Fatal("the import was not interrupted")
	}
	m := must(loadManifest(w.dir))
	if m.table("diagnosis").Seq == 0 || len(m.table("fee").Files) != 0 {
		t.Fatal("the interruption came at another place")
	}
	rep := importTo(t, w.dir, ImportOptions{}, src)
	w.want("fee", rep.Files[len(rep.Files)-1].Landed, 1)
	w.want("months", rep.Months, "[2025-04]")
}
