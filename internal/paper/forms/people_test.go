package forms

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

// TestPeopleAreNamed: a document has the names of people, not how they sign in; who is unknown stays as he is.
func TestPeopleAreNamed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(ctx, func(tx *store.Tx) error {
		for login, name := range map[string]string{"zhuan1": "沈专家", "zhuan2": "韩专家", "yuan1": "吕医保"} {
			if err := tx.AddUser(&store.User{ID: store.NewID(), Login: login, Name: name, Password: "x"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &Case{Steps: []Step{{Who: "zhuan1"}, {Who: "系统"}}, Pleas: []Step{{Who: "yuan1"}}, Files: []File{{By: "yuan1"}}, Notices: []Notice{{SignedBy: "yuan1"}, {}},
		Panel: &Panel{Chair: "zhuan1", Members: []string{"zhuan1"}, Recused: []string{"zhuan2（本院）"}, Votes: []Vote{{Who: "zhuan1"}, {Who: "gone"}}}}
	if err := db.View(ctx, c.namePeople); err != nil {
		t.Fatal(err)
	}
	want := &Case{Steps: []Step{{Who: "沈专家"}, {Who: "系统"}}, Pleas: []Step{{Who: "吕医保"}}, Files: []File{{By: "吕医保"}}, Notices: []Notice{{SignedBy: "吕医保"}, {}},
		Panel: &Panel{Chair: "沈专家", Members: []string{"沈专家"}, Recused: []string{"韩专家（本院）"}, Votes: []Vote{{Who: "沈专家"}, {Who: "gone"}}}}
	if d := cmp.Diff(want.Panel, c.Panel) + cmp.Diff(want.Steps, c.Steps) + cmp.Diff(want.Pleas, c.Pleas) + cmp.Diff(want.Files, c.Files) + cmp.Diff(want.Notices, c.Notices); d != "" {
		t.Error(d)
	}
	if err := db.View(ctx, (&Case{}).namePeople); err != nil {
		t.Error(err)
	}
}
