package store_test

import (
	"errors"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

// fillModels writes a row into each table of models.
func fillModels(tx *store.Tx) error {
	return errors.Join(tx.AddBatch(store.ModelBatch{ID: "b0", Source: "模型", Model: "I009", Name: "组团空刷", Severity: 2, SentAt: 1}, []store.ModelItem{{Finding: "f1", Batch: "b0", Model: "I009", Inst: "H1", Facts: 1, Money: 5}},
		[]store.ModelFact{{Model: "I009", Fact: "v:1", Finding: "f1"}}, store.ModelEvidence{Finding: "f1", Body: "{}"}), tx.AddDraft(&store.ModelDraft{ID: "d0", Model: "M001", Body: "{}", State: "草稿"}))
}

func TestModelBatches(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		here, there := finding("m1", 1), finding("m2", 1)
		here.Inst, there.Inst = "H1", "H2"
		here.Bucket, there.Bucket = store.ModelBucket, store.ModelBucket
		there.State = "初审"
		add := func(id string, facts ...store.ModelFact) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				return tx.AddBatch(store.ModelBatch{ID: id, Source: "模型", Model: "I009"}, nil, facts)
			}
		}
		update(t, db, func(tx *store.Tx) error {
			_, err := tx.SetInstitutions([]store.Institution{{Code: "H1", Admdvs: "990101"}, {Code: "H2", Admdvs: "990102"}})
			return errors.Join(err, tx.AddFindings([]*store.Finding{here, there}), tx.AddBatch(store.ModelBatch{ID: "b1", Source: "模型", Model: "I009"},
				[]store.ModelItem{{Finding: "m1", Batch: "b1", Inst: "H1", Facts: 2, Money: 70}, {Finding: "m2", Batch: "b1", Inst: "H2", Facts: 1, Money: 30}},
				[]store.ModelFact{{Model: "I009", Fact: "v:1", Finding: "m1"}, {Model: "I009", Fact: "v:2", Finding: "m1"}}))
		})
		if err := db.Update(t.Context(), add("b2", store.ModelFact{Model: "I009", Fact: "v:2"})); !errors.Is(err, store.ErrExists) {
			t.Errorf("a fact was sent twice: %v", err)
		}
		update(t, db, add("b3", store.ModelFact{Model: "X006", Fact: "v:2"})) // another model may say the same
		for _, c := range []struct {
			scope   store.Scope
			batches int
			money   int64
		}{{store.Scope{}, 2, 100}, {store.Scope{Admdvs: "990101"}, 1, 70}, {store.Scope{Inst: "H2"}, 1, 30}, {store.Scope{Admdvs: "98"}, 0, 0}} {
			err := db.View(t.Context(), func(tx *store.Tx) error {
				bs, err := tx.Batches(c.scope, store.Page{Limit: 9})
				sums, err2 := tx.BatchStates(c.scope, "b1")
				items, err3 := tx.BatchItems(c.scope, "b1", "", 9)
				_, err4 := tx.Batch(c.scope, "b1")
				var money int64
				for _, s := range sums {
					money += s.Money
				}
				if len(bs) != c.batches || money != c.money || (len(items) > 0) != (c.money > 0) || errors.Is(err4, store.ErrNotFound) != (c.money == 0) {
					t.Errorf("%+v: %d batches, %d fen, %d items, %v", c.scope, len(bs), money, len(items), err4)
				}
				return errors.Join(err, err2, err3)
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestModelDrafts(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		d := &store.ModelDraft{ID: "d1", Model: "M001", Name: "甲", Body: "{}", State: "草稿", Author: "a"}
		update(t, db, func(tx *store.Tx) error { return tx.AddDraft(d) })
		old := *d
		d.State = "待批准"
		update(t, db, func(tx *store.Tx) error { return tx.ChangeDraft(d) })
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.ChangeDraft(&old) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("an older reading was written: %v", err)
		}
		err := db.View(t.Context(), func(tx *store.Tx) error {
			x, err := tx.Draft("d1")
			if err == nil && (x.State != "待批准" || x.Version != 2) {
				t.Errorf("%+v", x)
			}
			ds, err2 := tx.Drafts("M001", store.Page{Limit: 5})
			if len(ds) != 1 {
				t.Errorf("%d drafts", len(ds))
			}
			return errors.Join(err, err2)
		})
		if err != nil {
			t.Error(err)
		}
	})
}
