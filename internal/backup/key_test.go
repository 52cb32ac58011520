package backup_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// useKey signs with a key's secret as a hospital would after the restore.
func useKey(t testing.TB, dir string, db *store.DB, key, secret string) {
	t.Helper()
	ks, err := auth.OpenKeys(dir, db, auth.OpenTrail(dir, "test"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	at := fmt.Sprint(now.Unix())
	if _, err := (&auth.Gate{Keys: ks}).TIF(ctx, key, at, "n", auth.SignTIF(secret, at, "n"), now); err != nil {
		t.Errorf("the key no longer works: %v", err)
	}
}
