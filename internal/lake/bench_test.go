package lake

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// benchRows is the number of fee lines of the benchmarks; MINGJIAN_BENCH_ROWS overrides it.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("MINGJIAN_BENCH_ROWS")); err == nil {
		return n
	}
	return 1_000_000
}

// generate writes fee, settlement, visit and person files of about a city's shape: ten lines a settlement, one month.
func generate(tb testing.TB, dir string, rows int) {
	tb.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	open := func(name, head string) (*bufio.Writer, func()) {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			tb.Fatal(err)
		}
		w := bufio.NewWriterSize(f, 1<<20)
		fmt.Fprintln(w, head)
		return w, func() { w.Flush(); f.Close() }
	}
	fee, c1 := open("fee.csv", "bkkp_sn,feedetl_sn,mdtrt_id,setl_id,psn_no,fixmedins_code,fee_ocur_time,list_type,hilist_code,hilist_name,"+
		"medins_list_codg,medins_list_name,med_chrgitm_type,chrgitm_lv,cnt,pric,det_item_fee_sumamt,fulamt_ownpay_amt,overlmt_amt,"+
		"preselfpay_amt,inscp_scp_amt,lmt_used_flag,rxno,sin_dos,prd_days,bilg_dept_codg,bilg_dept_name,bilg_dr_codg,orders_dr_code,updt_time")
	setl, c2 := open("settlement.csv", "setl_id,mdtrt_id,psn_no,fixmedins_code,insutype,med_type,setl_time,medfee_sumamt,fund_pay_sumamt,acct_pay,psn_cash_pay,clr_type")
	visit, c3 := open("visit.csv", "mdtrt_id,psn_no,fixmedins_code,insutype,med_type,begntime,endtime")
	person, c4 := open("person.csv", "psn_no,gend,brdy,insutype")
	persons := max(10, rows/30)
	for i := range persons {
		fmt.Fprintf(person, "9901%012d,%d,%d-0%d-1%d,390\n", i, 1+i%2, 1940+i%80, 1+i%9, i%10)
	}
	for i, n := 0, 0; n < rows; i++ {
		p, inst, day := rnd.IntN(persons), rnd.IntN(200), 1+rnd.IntN(28)
		t := fmt.Sprintf("2025-03-%02d %02d:%02d:%02d", day, 8+rnd.IntN(10), rnd.IntN(60), rnd.IntN(60))
		fmt.Fprintf(visit, "M%015d,9901%012d,H9901%07d,390,11,%s,%s\n", i, p, inst, t, t)
		fmt.Fprintf(setl, "S%015d,M%015d,9901%012d,H9901%07d,390,11,%s,100.00,60.00,0,40.00,11\n", i, i, p, inst, t)
		for range 10 {
			item, cnt, pric := rnd.IntN(8000), 1+rnd.IntN(5), 100+rnd.IntN(20000)
			amt := claim.Money(cnt * pric)
			fmt.Fprintf(fee, "B%018d,F%015d,M%015d,S%015d,9901%012d,H9901%07d,%s,101,XA%010d,药品名称%d,L%08d,院内名称%d,09,02,%d,%s,%s,0.00,0.00,0.00,%s,0,R%012d,%d,%d,A%02d,内科%d,D9901%08d,D9901%08d,%s\n",
				n, n, i, i, p, inst, t, item, item, item, item, cnt, claim.Money(pric), amt, amt, i, 1+n%3, 1+n%30, item%40, item%40, p%3000, p%3000, t)
			n++
		}
	}
	for _, c := range []func(){c1, c2, c3, c4} {
		c()
	}
}

// BenchmarkImport imports a generated month; rows/s counts fee lines.
func BenchmarkImport(b *testing.B) {
	rows := benchRows()
	src := b.TempDir()
	generate(b, src, rows)
	b.ResetTimer()
	for range b.N {
		dir, err := os.MkdirTemp(b.TempDir(), "lake")
		if err != nil {
			b.Fatal(err)
		}
		importTo(b, dir, ImportOptions{}, src)
		if s := snapshot(b, dir); s.TotalRows("fee") != int64(rows) {
			b.Fatalf("%d fee rows", s.TotalRows("fee"))
		}
		os.RemoveAll(dir)
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(peakMiB(), "MiB-RSS")
}

// peakMiB is the highest resident memory of this process so far.
func peakMiB() float64 {
	s, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range splitLines(string(s)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}

func splitLines(s string) (out []string) {
	for len(s) > 0 {
		i := 0
		for i < len(s) && s[i] != '\n' {
			i++
		}
		out = append(out, s[:i])
		s = s[min(i+1, len(s)):]
	}
	return out
}

// BenchmarkRead decodes the columns that a line rule reads, on one core.
func BenchmarkRead(b *testing.B) {
	src, dir := b.TempDir(), b.TempDir()
	generate(b, src, benchRows())
	w, err := must(Open(dir)).Writer()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Import(context.Background(), []string{src}, ImportOptions{}); err != nil {
		b.Fatal(err)
	}
	w.Close()
	s := snapshot(b, dir)
	cols := []string{"fee_ocur_time", "list_type", "hilist_code", "cnt", "pric", "det_item_fee_sumamt", "inscp_scp_amt", "fixmedins_code", "bilg_dept_codg"}
	for _, c := range []struct {
		name string
		cols []string
	}{{"ints", cols}, {"all", nil}} {
		b.Run(c.name, func(b *testing.B) {
			r := s.Reader()
			values := 0
			for range b.N {
				for _, m := range s.Months() {
					for k := range s.Buckets() {
						batch, err := r.Read("fee", m, k, c.cols)
						if err != nil {
							b.Fatal(err)
						}
						n := 3 + len(c.cols)
						if c.cols == nil {
							n = 33
						}
						values += batch.N * n
					}
				}
			}
			b.ReportMetric(float64(values)/b.Elapsed().Seconds()/1e6, "Mvalues/s")
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
