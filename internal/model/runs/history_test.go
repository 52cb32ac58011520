package runs

import (
	"errors"
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/model"
)

// A group through three runs, one of which did not find it: who came and went, and where its members have been.
func TestHistory(t *testing.T) {
	data := t.TempDir()
	m := &model.Model{ID: "I009", Subject: model.OfGroup}
	keep := func(id, last string, visits ...[3]string) {
		r := &model.Result{Model: "I009", First: "2025-01-01", Last: last, Names: &model.Names{Insts: map[string]string{"P1": "甲药房"}}}
		if len(visits) > 0 {
			c := model.Case{}
			for _, v := range visits {
				c.Rows = append(c.Rows, model.Row{Psn: v[0], Inst: v[1], Day: v[2], Money: 100})
			}
			r.Cases = append(r.Cases, c)
		}
		r.Finish(m)
		r.Follow(m, Before(data, m, followBack)...)
		run := &Run{ID: id, Models: []Summary{summary(r)}, Results: []*model.Result{r}}
		if err := run.keep(data); err != nil {
			t.Fatal(err)
		}
	}
	keep("20250201-000000", "2025-01-31", [3]string{"a", "P1", "2025-01-03"}, [3]string{"b", "P1", "2025-01-03"}, [3]string{"c", "P1", "2025-01-09"})
	keep("20250301-000000", "2025-02-28")
	keep("20250401-000000", "2025-03-31", [3]string{"a", "P1", "2025-03-03"}, [3]string{"a", "P2", "2025-03-04"}, [3]string{"b", "P1", "2025-03-03"}, [3]string{"d", "P1", "2025-03-05"})
	first, err := Result(data, "20250201-000000", "I009")
	if err != nil {
		t.Fatal(err)
	}
	p, err := History(data, "I009", first.Cases[0].GroupID)
	if err != nil || len(p.Stages) != 2 {
		t.Fatalf("%+v %v", p, err)
	}
	if s := p.Stages[1]; s.Members != 3 || !slices.Equal(s.Joined, []string{"d"}) || !slices.Equal(s.Left, []string{"c"}) || s.Insts != 2 || s.Money != 400 {
		t.Errorf("%+v", s)
	}
	if a := p.Members[0]; a.Psn != "a" || len(a.Insts) != 2 || a.First != "2025-03-03" || a.Last != "2025-03-04" || a.Since != "2025-01-31" || a.Insts[0].Name != "甲药房" {
		t.Errorf("%+v", a)
	}
	if d := p.Members[2]; d.Psn != "d" || d.Since != "2025-03-31" {
		t.Errorf("%+v", d)
	}
	if _, err := History(data, "I009", "nobody"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if _, err := History(data, "../x", "y"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}
