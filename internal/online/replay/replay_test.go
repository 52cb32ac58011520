package replay

import (
	"context"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/onlinetest"
)

// TestOneVerdict is the product's promise: what is said before payment is what the month's audit says.
func TestOneVerdict(t *testing.T) {
	dir := onlinetest.City(t, 500, 3, 5)
	for _, m := range []claim.Month{onlinetest.Last - 1, onlinetest.Last} {
		r, err := Run(context.Background(), dir, m, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range r.Differences {
			t.Errorf("%s: %+v", r.Month, d)
		}
		if r.Different != 0 || r.Pairs != r.Compared+r.NotJudgeable || r.Compared*10 < r.Pairs*9 || r.HitsCompared == 0 || r.Visits == 0 {
			t.Errorf("%s: %d pairs, %d compared, %d not judgeable, %d different, %d hits of which %d compared", r.Month, r.Pairs, r.Compared, r.NotJudgeable,
				r.Different, r.Hits, r.HitsCompared)
		}
		n := 0
		for _, x := range r.Exceptions {
			if n += x.Pairs; x.Why == "" || x.Rule == "" {
				t.Errorf("an exception without a reason: %+v", x)
			}
		}
		if n != r.NotJudgeable {
			t.Errorf("%d pairs are told by rule, %d are not judgeable", n, r.NotJudgeable)
		}
	}
	if _, err := Run(context.Background(), dir, onlinetest.Last+5, nil, nil); err == nil {
		t.Error("a month that was not audited was replayed")
	}
}

// TestDifferencesAreSeen: a call that says something else than the bill does gets another verdict, and the replay says so.
func TestDifferencesAreSeen(t *testing.T) {
	dir := onlinetest.City(t, 200, 2, 6)
	r, err := replay(context.Background(), dir, onlinetest.Last, nil, nil, func(q *online.Request) {
		for i := range q.Patients[0].Encounters[0].Orders {
			o := &q.Patients[0].Encounters[0].Orders[i]
			o.Cnt, o.Amount = o.Cnt*40, o.Amount*40
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Different == 0 {
		t.Error("forty times the quantity changed nothing")
	}
}
