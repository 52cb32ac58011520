package worker

import (
	"context"
	"testing"

	"github.com/mingjian/mingjian/internal/model"
)

// A pharmacy with 5,000 customers a day is a queue, not a net: the pair models stay within little memory and find the gang in the crowd.
func TestHotSpotsStayWithinBounds(t *testing.T) {
	views := viewsOf(t,
		"INSERT INTO inst (inst, kind) SELECT i, 2 FROM generate_series(1, 4) AS t(i)",
		"INSERT INTO person (person, addr) SELECT i, i FROM generate_series(1, 30000) AS t(i)",
		"INSERT INTO setl (setl, visit, person, inst, setting, day, t, fee) SELECT d * 100000 + i, d * 100000 + i, 100 + MOD(i * (7919 + d * 1013), 29000), d, 3, d * 2, d * 172800 + i * 8, 1000 FROM generate_series(1, 5000) AS t(i), generate_series(1, 4) AS u(d)",
		"INSERT INTO setl (setl, visit, person, inst, setting, day, t, fee) SELECT d * 100000 + 90000 + i, d * 100000 + 90000 + i, i, d, 3, d * 2, d * 172800 + 20000 + i, 1000 FROM generate_series(1, 6) AS t(i), generate_series(1, 4) AS u(d)",
		"INSERT INTO visit (visit, person, inst, setting, course, day_in, t_in, fee) SELECT visit, person, inst, setting, 0, day, t, fee FROM setl",
		"UPDATE snapshot_note SET last_day = 20")
	lib, err := model.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"I009", "X006"} {
		a, err := Run(context.Background(), Job{Kind: "run", Views: views, Model: Text(lib.Model(id)), Limits: Limits{MemoryMiB: 600}})
		if err != nil {
			t.Fatal(err)
		}
		if a.Result.Unjudged != "" || len(a.Result.Cases) != 1 || len(a.Result.Cases[0].Members) != 6 {
			t.Errorf("%s among 20,000 customers: %q, %d cases", id, a.Result.Unjudged, len(a.Result.Cases))
		}
	}
}
