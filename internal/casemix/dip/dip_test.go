package dip

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

var tiny = map[string]string{
	"dip.yaml":       "id: t\nmain_first: true\ndeviation: {low: 0.5, high: 2, cap: 5, hospital_factor: true}\nhospitals: {H1: 1.1}\n",
	"procedures.csv": "code,class,level\n51.2300,相关手术,3\n51.4100,相关手术,4\n51.8400,介入治疗,3\n45.1300,诊断性操作,1\n54.1100,相关手术,2\n",
	"catalogue.csv": `code,name,kind,dx,proc,class,level,score,mean_cost
C1,保守,核心,K80.1,,,,60,6000.00
C2,切除,核心,K80.1,51.2300/51.2200,,,150,15000.00
C3,切除加探查,核心,K80.1,51.2300/51.2200+51.4100,,,240,24000.00
C4,介入,核心,K80.1,51.8400,,,120,12000.00
C5,同式高费,核心,K80.2,51.2300,,,200,20000.00
C6,同式低费,核心,K80.2,51.2300,,,100,10000.00
B1,基层,基层,J20.9,,,,30,3000.00
Z1,三四级,综合,K8,,相关手术,34,210,21000.00
Z2,一二级,综合,K8,,相关手术,12,110,11000.00
Z3,章,综合,K00-K93,,相关手术,,130,13000.00
Z4,章保守,综合,K00-K93,,,,50,5000.00
Z5,三位,综合,K83,,,,55,5500.00
KBBZ,空白,空白,,,,,40,4000.00
`,
	"auxiliary.csv":     "code,kind,grade,coefficient\n,年龄,66岁以上,1.02\n,严重程度,III,1.2\n,严重程度,II,1.05\n,严重程度,IV-A,0.5\n,严重程度,IV-B,1.4\nC4,年龄,66岁以上,1.5\n,肿瘤,转移,1.3\n",
	"complications.csv": "code,level,include,exclude\nA41.900,MCC,,\nE11.900,CC,,E1\nI10.X00,CC,K,K83\n",
}

func load(t *testing.T) *Catalogue {
	t.Helper()
	f := fstest.MapFS{}
	for n, text := range tiny {
		f[n] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func kase(dx, proc string, yuan int64) *Case {
	k := &Case{Case: casemix.Case{Sex: 1, Age: 40, AgeDays: casemix.None, Weight: casemix.None, LOS: 8, ICUHours: casemix.None, Discharge: 1, Dx: strings.Split(dx, "|")}, Cost: pay.Fen(yuan * 100), Inst: "H0"}
	if proc != "" {
		k.Proc = strings.Split(proc, "|")
	}
	return k
}

func TestGroup(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		name, code, score string
		k                 *Case
		set               func(*Case)
	}{
		{"conservative", "C1", "60", kase("K80.100", "", 6000), nil},
		{"unknown procedure is conservative", "C1", "60", kase("K80.100", "99.9999", 6000), nil},
		{"any of", "C2", "150", kase("K80.100x001", "51.2200", 15000), nil},
		{"all of, more terms win", "C3", "240", kase("K80.100", "51.2300|51.4100", 24000), nil},
		{"main procedure first", "C4", "120", kase("K80.100", "51.8400|51.2300|51.4100", 12000), nil},
		{"nearest mean", "C5", "200", kase("K80.200", "51.2300", 15001), nil},
		{"nearest mean, lower", "C6", "100", kase("K80.200", "51.2300", 14999), nil},
		{"basic", "B1", "30", kase("J20.900", "", 3000), nil},
		{"comprehensive by level", "Z1", "210", kase("K85.900", "51.4100", 21000), nil},
		{"comprehensive by lower level", "Z2", "110", kase("K85.900", "54.1100", 11000), nil},
		{"comprehensive by range", "Z3", "130", kase("K35.800", "54.1100", 13000), nil},
		{"three characters before a range", "Z5", "55", kase("K83.100", "", 5500), nil},
		{"diagnostic without a row: blank", "KBBZ", "40", kase("K35.800", "45.1300", 4000), nil},
		{"blank", "KBBZ", "40", kase("Z99.900", "", 4000), nil},
		{"old", "C1", "61.2", kase("K80.100", "", 6000), func(k *Case) { k.Age = 66 }},
		{"own row of the auxiliary catalogue first", "C4", "180", kase("K80.100|A41.900", "51.8400", 12000), func(k *Case) { k.Age = 70 }},
		{"highest of several", "C1", "72", kase("K80.100|A41.900|E11.900", "", 6000), func(k *Case) { k.Age = 70 }},
		{"CC", "C1", "63", kase("K80.100|I10.x00", "", 6000), nil},
		{"CC excluded by the principal diagnosis", "Z5", "55", kase("K83.100|I10.x00", "", 5500), nil},
		{"dead soon", "C1", "30", kase("K80.100|A41.900", "", 6000), func(k *Case) { k.Discharge, k.LOS = 5, 3 }},
		{"dead later", "C1", "84", kase("K80.100|A41.900", "", 6000), func(k *Case) { k.Discharge, k.LOS = 5, 4 }},
		{"exactly the lower bound", "C1", "60", kase("K80.100", "", 3000), nil},
		{"below", "C1", "29.99", kase("K80.100", "", 2999), nil},
		{"exactly the upper bound", "C1", "60", kase("K80.100", "", 12000), nil},
		{"above", "C1", "90", kase("K80.100", "", 15000), nil},
		{"above, hospital factor", "C1", "96", kase("K80.100", "", 15000), func(k *Case) { k.Inst = "H1" }},
		{"above the cap", "C1", "240", kase("K80.100", "", 90000), nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			if x.set != nil {
				x.set(x.k)
			}
			r := c.Group(x.k)
			if r.Row == nil || r.Row.Code != x.code {
				t.Fatalf("row %+v, want %s\n%s", r.Row, x.code, strings.Join(r.Trace, "\n"))
			}
			if r.Score.String() != x.score {
				t.Errorf("score %s, want %s\n%s", r.Score, x.score, strings.Join(r.Trace, "\n"))
			}
		})
	}
	if r := c.Group(kase("", "", 1)); r.Status() != "数据错误:PDX_EMPTY" || r.Row != nil {
		t.Errorf("empty principal diagnosis: %s", r.Status())
	}
}

// The chosen row's expression is satisfied; a diagnosis of no table and the order of secondary codes change nothing.
func TestProperties(t *testing.T) {
	c, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var dxs, procs []string
	for d := range c.core {
		dxs = append(dxs, d+"00")
	}
	dxs = append(dxs, "J20.900", "C34.900", "S52.500", "E11.900", "A41.900")
	for p := range c.classes {
		procs = append(procs, p)
	}
	slices.Sort(dxs)
	slices.Sort(procs)
	for range 20_000 {
		k := kase(dxs[r.IntN(len(dxs))], "", int64(1+r.IntN(60_000)))
		for range r.IntN(4) {
			k.Dx = append(k.Dx, dxs[r.IntN(len(dxs))])
		}
		for range r.IntN(4) {
			k.Proc = append(k.Proc, procs[r.IntN(len(procs))])
		}
		want := c.Group(k)
		if want.Row == nil {
			t.Fatalf("no row for %+v", k)
		}
		if len(want.Row.all) > 0 {
			if _, ok := want.Row.satisfied(k.Proc); !ok {
				t.Fatalf("%s is not satisfied by %v", want.Row.Expr, k.Proc)
			}
		}
		x := *k
		x.Dx, x.Proc = append(slices.Clone(k.Dx), "Y98.x00"), slices.Clone(k.Proc)
		r.Shuffle(len(x.Dx)-1, func(i, j int) { x.Dx[i+1], x.Dx[j+1] = x.Dx[j+1], x.Dx[i+1] })
		if len(x.Proc) > 1 {
			r.Shuffle(len(x.Proc)-1, func(i, j int) { x.Proc[i+1], x.Proc[j+1] = x.Proc[j+1], x.Proc[i+1] })
		}
		got := c.Group(&x)
		if got.Row != want.Row || got.Score != want.Score {
			t.Fatalf("%s %s became %s %s", want.Row.Code, want.Score, got.Row.Code, got.Score)
		}
		if want.Deviation.Cmp(big.NewRat(0, 1)) <= 0 {
			t.Fatal("deviation factor not positive")
		}
	}
}

func TestWrongCatalogue(t *testing.T) {
	for file, text := range map[string]string{
		"catalogue.csv":     "code,kind,dx,score\nC1,核心,K80.1,abc\n",
		"procedures.csv":    "code,class\n51.2300,大手术\n",
		"auxiliary.csv":     "code,kind,grade,coefficient\n,年龄,老,1\n",
		"complications.csv": "code,level\nA41.900,重\n",
		"dip.yaml":          "deviaton: {}\n",
	} {
		f := fstest.MapFS{}
		for n, x := range tiny {
			f[n] = &fstest.MapFile{Data: []byte(x)}
		}
		f[file] = &fstest.MapFile{Data: []byte(text)}
		if _, err := Load(f); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: error %v", file, err)
		}
	}
}
