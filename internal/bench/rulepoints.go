package bench

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mingjian/mingjian/internal/knowledge"
)

func openKnowledge(data string) (*knowledge.Base, error) {
	ks, err := knowledge.Open(filepath.Join(data, "knowledge"))
	if err != nil {
		return nil, err
	}
	return ks.Base(), nil
}

// withPoints makes a data directory with the city's facts and so many points: those of the starter pack and made ones, whose
// codes lie in the reserved ranges and on no bill. So the lines to judge are the same whatever the number of points.
func (c *city) withPoints(dir string, n int, seed uint64) error {
	if err := copyTree(c.full(), dir); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, "findings")); err != nil {
		return err
	}
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "points.csv")
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "point_id,rule_id,subject_code,subject2_code,scope,limit_value,unit,window_d,sex,age_max,diag_set,allow,params,basis")
	for i := range n - len(ks.Base().Points) {
		drug := fmt.Sprintf("XZZ%02dBBB%03dB%012d", i%90+10, i%1000, i)
		item := fmt.Sprintf("9909%011d", i)
		switch sex := []string{"男", "女"}[(uint64(i)+seed)%2]; i % 8 {
		case 0:
			fmt.Fprintf(w, "Q%d,A001,%s,,,,,,%s,,,,,测试\n", i, drug, sex)
		case 1:
			fmt.Fprintf(w, "Q%d,A002,%s,,,,,,%s,,,,,测试\n", i, item, sex)
		case 2:
			fmt.Fprintf(w, "Q%d,A004,%s,,,,,,,14,,,,测试\n", i, drug)
		case 3:
			fmt.Fprintf(w, "Q%d,A011,%s,,,,,,,,,住院|急诊,,测试\n", i, drug)
		case 4:
			fmt.Fprintf(w, "Q%d,A013,%s,,,,,,,,I10-I15|E11.%d|C50,,,测试\n", i, drug, i%9)
		case 5:
			fmt.Fprintf(w, "Q%d,B002,%s,99098%010d,单日,,,,,,,,,测试\n", i, item, i)
		case 6:
			fmt.Fprintf(w, "Q%d,B021,%s,,,%d,次,,,,,,,测试\n", i, item, i%5+1)
		default:
			fmt.Fprintf(w, "Q%d,B023,%s,,,1,次,%d,,,,,,测试\n", i, item, i%60+7)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	rep, err := ks.Import([]string{file}, knowledge.Options{KnownRule: func(string) bool { return true }})
	if err != nil {
		return err
	}
	if got := len(ks.Base().Points); got != n {
		return fmt.Errorf("知识点应有 %d 个，装入后有 %d 个：%+v", n, got, rep.Totals)
	}
	return nil
}
