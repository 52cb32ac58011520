package plain

import (
	"io/fs"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/casemix"
)

// Cases makes n cases out of a scheme's own codes: half aim at an ADRG (a principal diagnosis of its category, codes of
// its lists), half are any codes together. The same seed gives the same cases.
func Cases(fsys fs.FS, n int, seed uint64) ([]casemix.Case, error) {
	g, err := Open(fsys)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(seed, 20))
	codes := func(s set) []string {
		var out []string
		for c := range s {
			if p, ok := strings.CutSuffix(c, "%"); ok {
				c = p + "A00.900"[min(len(p), 7):] // the dot is where codes have it: A00.900, 00.9000
				if digit := c[0] >= '0' && c[0] <= '9'; digit {
					c = p + "00.9000"[min(len(p), 7):]
				}
			}
			out = append(out, c)
		}
		slices.Sort(out)
		return out
	}
	type target struct {
		main  []string
		lists []struct {
			proc bool
			of   []string
		}
	}
	var targets []target
	var allDx []string
	procs := codes(g.valid)
	for _, m := range g.mdcs {
		main := codes(m.main)
		allDx = append(allDx, main...)
		for _, a := range m.adrgs {
			t := target{main: main}
			names := make([]string, 0, len(a.lists))
			for l := range a.lists {
				names = append(names, l)
			}
			slices.Sort(names)
			for _, l := range names {
				of := codes(a.lists[l])
				t.lists = append(t.lists, struct {
					proc bool
					of   []string
				}{strings.HasPrefix(l, "proc"), of})
				if strings.HasPrefix(l, "proc") {
					procs = append(procs, of...)
				}
			}
			targets = append(targets, t)
		}
	}
	for _, m := range []map[string]string{g.mcc, g.cc} {
		s := set{}
		for c := range m {
			s[c] = true
		}
		allDx = append(allDx, codes(s)...)
	}
	out := make([]casemix.Case, n)
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	for i := range out {
		c := casemix.Case{ID: strconv.Itoa(i), Sex: int8(1 + r.IntN(2)), Age: int32(1 + r.IntN(95)), AgeDays: casemix.None, Weight: casemix.None,
			LOS: int32(1 + r.IntN(60)), ICUHours: casemix.None, Discharge: []int8{1, 1, 1, 2, 5}[r.IntN(5)]}
		if r.IntN(8) == 0 {
			c.Age, c.AgeDays, c.Weight = 0, int32([]int{0, 5, 28, 29, 200}[r.IntN(5)]), int32([]int{900, 1499, 1500, 1999, 2000, 2499, 2500, 3200}[r.IntN(8)])
		}
		if i%2 == 0 {
			t := targets[r.IntN(len(targets))]
			for _, l := range t.lists {
				if l.proc {
					c.Proc = append(c.Proc, pick(l.of))
				} else {
					c.Dx = append(c.Dx, pick(l.of))
				}
			}
			if len(c.Dx) == 0 && len(t.main) > 0 {
				c.Dx = append(c.Dx, pick(t.main))
			}
		}
		for len(c.Dx) == 0 || r.IntN(5) > 0 && len(c.Dx) < 12 {
			c.Dx = append(c.Dx, pick(allDx))
		}
		for r.IntN(2) > 0 && len(c.Proc) < 6 {
			c.Proc = append(c.Proc, pick(procs))
		}
		out[i] = c
	}
	return out, nil
}
