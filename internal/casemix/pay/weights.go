package pay

import (
	"fmt"
	"io/fs"

	"github.com/mingjian/mingjian/internal/casemix"
)

// Weight of a group, as an area publishes it.
type Weight struct {
	Weight Decimal // RW
	Mean   Fen     // mean cost of the group; 0 = not published
	LOS    Decimal // mean length of stay, days; 0 = not published
}

// ReadWeights reads weights.csv (or .csv.gz): drg, weight, and optionally mean_cost and mean_los.
func ReadWeights(fsys fs.FS) (map[string]Weight, error) {
	out := map[string]Weight{}
	err := casemix.EachRow(fsys, "weights", true, func(cell func(...string) string, fail func(string, ...any) error) error {
		code := casemix.Fold(cell("drg", "code", "group"))
		var w Weight
		var err error
		if w.Weight, err = ParseDecimal(cell("weight", "rw")); err != nil || w.Weight <= 0 {
			return fail("%s 的权重 %q 不对", code, cell("weight", "rw"))
		}
		if s := cell("mean_cost"); s != "" {
			if w.Mean, err = ParseFen(s); err != nil || w.Mean <= 0 {
				return fail("%s 的均费 %q 不对", code, s)
			}
		}
		if s := cell("mean_los"); s != "" {
			if w.LOS, err = ParseDecimal(s); err != nil || w.LOS <= 0 {
				return fail("%s 的平均住院日 %q 不对", code, s)
			}
		}
		if _, dup := out[code]; dup || code == "" {
			return fail("组 %q 为空或有两行", code)
		}
		out[code] = w
		return nil
	})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("weights.csv 没有一行")
	}
	return out, err
}
