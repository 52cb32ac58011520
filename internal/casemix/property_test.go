package casemix_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/plain"
)

// schemes under test: the shipped one always, the official 1.1 tables where they are.
func schemes(t *testing.T, run func(t *testing.T, s *casemix.Scheme, tables fs.FS)) {
	t.Run("自带", func(t *testing.T) {
		s, err := casemix.Shipped()
		if err != nil {
			t.Fatal(err)
		}
		run(t, s, os.DirFS("scheme"))
	})
	t.Run("CHS-DRG 1.1", func(t *testing.T) {
		root := os.Getenv("MINGJIAN_REFERENCE")
		if root == "" {
			t.Skip("没有设置 MINGJIAN_REFERENCE：跳过官方分组表")
		}
		dir := filepath.Join(root, "data", "chs_drg_1.1")
		s, err := casemix.Open(dir, casemix.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		run(t, s, os.DirFS(dir))
	})
}

func cases(t *testing.T, tables fs.FS, n int, seed uint64) []casemix.Case {
	t.Helper()
	cs, err := plain.Cases(tables, n, seed)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// A second grouper, written apart and simply, agrees on every random case.
func TestAgainstPlain(t *testing.T) {
	schemes(t, func(t *testing.T, s *casemix.Scheme, tables fs.FS) {
		p, err := plain.Open(tables)
		if err != nil {
			t.Fatal(err)
		}
		g := s.NewGrouper()
		seen, bad := map[string]int{}, 0
		for _, c := range cases(t, tables, 30_000, 7) {
			r := g.Group(&c)
			m, a, d := p.Group(&c)
			if r.MDC != m || r.ADRG != a || r.DRG != d {
				if bad++; bad < 5 {
					_, tr := g.Explain(&c, false, true)
					t.Errorf("%+v\ngot %s %s %s, plain %s %s %s\n%s", c, r.MDC, r.ADRG, r.DRG, m, a, d, tr)
				}
			}
			seen[r.DRG]++
		}
		if bad > 0 {
			t.Fatalf("%d cases differ", bad)
		}
		missed := 0
		for _, x := range s.Groups() {
			if seen[x.DRG] == 0 {
				missed++
			}
		}
		if all := len(s.Groups()); missed*10 > all*3 {
			t.Errorf("random cases reach only %d of %d groups", all-missed, all)
		}
	})
}

func clone(c *casemix.Case) casemix.Case {
	x := *c
	x.Dx, x.Proc = slices.Clone(c.Dx), slices.Clone(c.Proc)
	return x
}

// What must not change the group: the order of secondary codes, repeated codes, codes of no list, spelling, grouping twice.
func TestWhatDoesNotMatter(t *testing.T) {
	schemes(t, func(t *testing.T, s *casemix.Scheme, tables fs.FS) {
		g, r := s.NewGrouper(), rand.New(rand.NewPCG(3, 4))
		for _, c := range cases(t, tables, 4_000, 11) {
			want := g.Group(&c)
			for name, change := range map[string]func(x *casemix.Case){
				"again": func(*casemix.Case) {},
				"order of others": func(x *casemix.Case) {
					r.Shuffle(len(x.Dx)-1, func(i, j int) { x.Dx[i+1], x.Dx[j+1] = x.Dx[j+1], x.Dx[i+1] })
					if len(x.Proc) > 1 {
						r.Shuffle(len(x.Proc)-1, func(i, j int) { x.Proc[i+1], x.Proc[j+1] = x.Proc[j+1], x.Proc[i+1] })
					}
				},
				"repeated": func(x *casemix.Case) {
					x.Dx, x.Proc = append(x.Dx, x.Dx...), append(x.Proc, x.Proc...)
				},
				"spelling": func(x *casemix.Case) {
					for i := range x.Dx {
						x.Dx[i] = " " + strings.ToLower(x.Dx[i]) + "\u3000"
					}
				},
				"a code of no list": func(x *casemix.Case) { x.Dx = append(x.Dx, "Y98.x99") },
				"days in hospital":  func(x *casemix.Case) { x.LOS++ },
			} {
				x := clone(&c)
				change(&x)
				if got := g.Group(&x); got.DRG != want.DRG || got.Status != want.Status {
					t.Fatalf("%s: %s became %s: %+v", name, want.DRG, got.DRG, x)
				}
			}
			if got, tr := g.Explain(&c, true, true); got.DRG != want.DRG || got.Status != want.Status || len(tr.Steps) == 0 {
				t.Fatalf("explained: %s became %s", want.DRG, got.DRG)
			}
		}
	})
}

// A secondary diagnosis never makes a case milder, and one that is neither MCC nor CC, nor in any list, changes nothing.
func TestComplicationsOnlyRaise(t *testing.T) {
	schemes(t, func(t *testing.T, s *casemix.Scheme, tables fs.FS) {
		rank := map[string]int{}
		for i, x := range s.Groups() {
			rank[x.DRG] = i
		}
		g := s.NewGrouper()
		for _, c := range cases(t, tables, 4_000, 13) {
			x := clone(&c)
			x.Dx = append(x.Dx, "I46.900") // cardiac arrest: MCC, never excluded in the shipped scheme, MCC in 1.1
			was, is := g.Group(&c), g.Group(&x)
			if was.ADRG == is.ADRG && was.Status == casemix.Grouped && rank[is.DRG] > rank[was.DRG] {
				t.Fatalf("%s fell to %s by adding a complication: %+v", was.DRG, is.DRG, c)
			}
		}
	})
}

// What Changes says is what grouping the changed case gives.
func TestChangesAreTrue(t *testing.T) {
	schemes(t, func(t *testing.T, s *casemix.Scheme, tables fs.FS) {
		g := s.NewGrouper()
		n := 0
		for _, c := range cases(t, tables, 1_000, 17) {
			before := clone(&c)
			for _, ch := range g.Changes(&c) {
				x := clone(&before)
				switch ch.Kind {
				case "去掉诊断":
					i := 1 + slices.Index(x.Dx[1:], ch.Code)
					x.Dx = slices.Delete(x.Dx, i, i+1)
				case "去掉手术":
					i := slices.Index(x.Proc, ch.Code)
					x.Proc = slices.Delete(x.Proc, i, i+1)
				case "改主要诊断":
					i := 1 + slices.Index(x.Dx[1:], ch.Code)
					x.Dx = slices.Insert(slices.Delete(x.Dx, i, i+1), 0, ch.Code)
				}
				if got := g.Group(&x); got.DRG != ch.To.DRG {
					t.Fatalf("%s %s: said %s, is %s", ch.Kind, ch.Code, ch.To.DRG, got.DRG)
				}
				n++
			}
			if fmt.Sprint(c) != fmt.Sprint(before) {
				t.Fatal("the case itself was changed")
			}
		}
		if n == 0 {
			t.Fatal("no case had a change")
		}
	})
}
