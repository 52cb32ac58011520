package portrait

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/model"
)

func town(n int) []Raw {
	var out []Raw
	for i := range n {
		out = append(out, Raw{Key: []string{fmt.Sprintf("H%02d", i)}, Area: "990101", Text: map[string]string{"kind": "1", "level": "2"}, Num: map[string]float64{"visits": 100, "cost": 1 + float64(i)/100, "drug": 0.3}})
	}
	return out
}

func TestPeersAndScore(t *testing.T) {
	k := KindOf("institution")
	raws := town(9)
	raws[8].Num["cost"] = 3
	raws = append(raws, Raw{Key: []string{"X"}, Area: "990201", Text: map[string]string{"kind": "1", "level": "2"}, Num: map[string]float64{"cost": 2}},
		Raw{Key: []string{"Y"}, Area: "990101", Text: map[string]string{"kind": "1", "level": "3"}, Num: map[string]float64{"cost": 9}})
	ps := Draw(k, raws)
	Score(ps, Shipped(k))
	if ps[0].Key[0] != "H08" || ps[0].Peers != 8 || !ps[0].Scored {
		t.Errorf("first: %+v", ps[0])
	}
	for _, p := range ps {
		sum := 0.0
		for _, f := range p.Figures {
			sum += f.Part
		}
		if math.Abs(sum-p.Score) > 0.02 {
			t.Errorf("%v: parts %v, score %v", p.Key, sum, p.Score)
		}
		switch p.Key[0] {
		case "X": // alone in its area: all of its level are its peers
			if p.Peers != 9 || !p.Scored || len(PeersOf(ps, &p, "cost")) != 10 {
				t.Errorf("X: %+v, %d", p, len(PeersOf(ps, &p, "cost")))
			}
		case "Y": // nobody of its level
			if p.Peers != 0 || p.Scored || p.Score != 0 {
				t.Errorf("Y: %+v", p)
			}
		case "H00": // all drug shares are equal: nobody stands out
			for _, f := range p.Figures {
				if f.Measure == "drug" && (f.Percent != 0.5 || f.Part != 0) {
					t.Errorf("drug %+v", f)
				}
			}
		}
	}
}

// What people decided moves the weights, but only when there are enough decisions of both sorts.
func TestCalibration(t *testing.T) {
	k := KindOf("institution")
	raws := town(100)
	ps := Draw(k, raws)
	labels := map[string]Label{}
	for i := range 100 {
		labels[raws[i].Key[0]] = Label{Dismissed: 1}
		if i >= 75 {
			labels[raws[i].Key[0]] = Label{Upheld: 1}
		}
	}
	w := Calibrate(k, ps, labels)
	if w.Labels != 100 || w.Positive != 25 || w.By["cost"] <= 3 || w.By["drug"] != 0 {
		t.Errorf("%+v", w)
	}
	for i := 40; i < 100; i++ {
		delete(labels, raws[i].Key[0])
	}
	if w := Calibrate(k, ps, labels); w.By["cost"] != 3 || !strings.Contains(w.Note, "缺省") {
		t.Errorf("with too few labels: %+v", w)
	}
}

func TestStatementsKeepToTheViews(t *testing.T) {
	for _, k := range Kinds {
		for _, q := range []string{Statement(k.SQL, ""), Statement("trend", k.Subject), Statement("days", k.Subject), Statement("items", k.Subject)} {
			if q == "" || strings.Contains(q, "{") {
				t.Errorf("%s: %q", k.ID, q)
			}
			if err := model.CheckQuery(q); err != nil {
				t.Errorf("%s: %v", k.ID, err)
			}
		}
	}
}
