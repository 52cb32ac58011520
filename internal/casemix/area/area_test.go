package area

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

func grouping(t *testing.T) *Grouping {
	t.Helper()
	files := fstest.MapFS{}
	for n, text := range map[string]string{
		"mdc.csv":         "order,mdc,entry_rule\n1,MDCE,主诊断匹配\n2,MDCK,主诊断匹配\n",
		"mdc_main_dx.csv": "mdc,icd10\nMDCE,J18.%\nMDCK,E11.%\n",
		"adrg.csv":        "mdc,order,adrg,condition\nMDCE,1,ES1,PDX∈main\nMDCK,1,KS1,PDX∈main\n",
		"adrg_codes.csv":  "adrg,list,code\n",
		"drg.csv":         "mdc,adrg,order,drg,name,severity\nMDCE,ES1,1,ES13,肺炎伴CC,MCC_OR_CC\nMDCE,ES1,2,ES15,肺炎,ANY\nMDCK,KS1,1,KS15,糖尿病,ANY\n",
		"cc.csv":          "icd10,exclusion_table\nE11.%,1\nI50.%,1\n",
		"valid_proc.csv":  "icd9cm3\n99.99\n",
		"weights.csv":     "drg,weight,mean_cost\nES13,1,10000\nES15,0.8,8000\nKS15,0.6,6000\n",
	} {
		files[n] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := casemix.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	w, err := pay.ReadWeights(files)
	if err != nil {
		t.Fatal(err)
	}
	return &Grouping{Scheme: s, Weights: w}
}

func input(id, inst, dx string, yuan int64) Input {
	return Input{Case: casemix.Case{ID: id, Sex: 1, Age: 50, AgeDays: casemix.None, Weight: casemix.None, LOS: 5, ICUHours: casemix.None, Discharge: 1, Dx: strings.Split(dx, "|")},
		Inst: inst, Level: "2", Insutype: "310", Month: "2025-01", Cost: pay.Fen(yuan * 100), Fund: pay.Fen(yuan * 80)}
}

func TestScreenAndMix(t *testing.T) {
	p, err := pay.ParseParams([]byte("year: 2025\ninsurance:\n  '310': {mode: DRG, rate: 10000, high: {times: 3, share: 1}, low: {times: 0.4}, ungrouped: 1}\n"))
	if err != nil {
		t.Fatal(err)
	}
	g := grouping(t)
	in := []Input{
		input("one", "A", "J18.900|E11.900", 9000),         // hangs on one complication; and on its principal diagnosis
		input("two", "A", "J18.900|E11.900|I50.900", 9000), // two complications: neither alone decides
		input("plain", "A", "J18.900", 8000),
		input("low", "B", "J18.900", 3000),
		input("high", "B", "J18.900", 30_000),
		input("none", "B", "Q00.000", 500),
		{Case: casemix.Case{ID: "other"}, Insutype: "990"},
	}
	run, err := Do(p, g, in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if run.Left["990"] != 1 || len(run.Insured["310"].Stays) != 6 {
		t.Errorf("left %v", run.Left)
	}
	mix := run.Insured["310"].Mixes()
	if a := mix[0]; a.CMI.String() != "0.933333" || a.Grouped != 3 || a.Groups != 2 || a.TimeIndex != pay.One {
		t.Errorf("%+v", a)
	}
	// ES15 in the area: (8000 + 3000 + 30000) ÷ 3. A: (9000+9000)/9000 + 8000/13666.67 over three stays.
	if a := mix[0]; a.CostIndex.String() != "0.861789" {
		t.Errorf("cost index %s", a.CostIndex)
	}
	q := *p
	q.Insurance = map[string]*pay.Insured{}
	for k, v := range p.Insurance {
		c := *v
		twice := 2 * *v.Rate
		c.Rate, c.High, c.Low = &twice, nil, nil
		q.Insurance[k] = &c
	}
	would, err := Do(&q, g, in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Compare(run, would) {
		if s.Would <= s.Was && s.Inst == "A" {
			t.Errorf("twice the rate pays no more: %+v", s)
		}
	}
	if _, err := Do(p, &Grouping{}, in, Options{}); err == nil {
		t.Error("a year was run without a scheme")
	}
}
