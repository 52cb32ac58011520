package auth_test

import (
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// TestSignInsCostTheSame: who is not there, is closed or mistypes is refused after the same work as a wrong password, so that the time tells
// nothing. The work is argon2's memory: it is counted, not timed. Not parallel: memory is counted for the whole process.
func TestSignInsCostTheSame(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	us := &auth.Users{DB: db, Trail: auth.OpenTrail(dir, "test")}
	for _, login := range []string{"zhang", "closed"} {
		if err := us.Add(ctx, "t", auth.NewUser{Login: login, Password: "a long enough word", Roles: []string{"初审"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := us.SetDisabled(ctx, "t", "closed", true); err != nil {
		t.Fatal(err)
	}
	s := &auth.Sessions{Users: us}
	const work = 19 << 20 // of one check
	for _, c := range [][2]string{{"zhang", "wrong"}, {"nobody", "wrong"}, {"closed", "a long enough word"}, {"' OR 1=1", "wrong"}, {"ZHANG", "a long enough word"}} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := s.SignIn(ctx, c[0], c[1], time.Now())
		runtime.ReadMemStats(&after)
		if !errors.Is(err, auth.ErrDenied) {
			t.Errorf("%s: %v", c[0], err)
		}
		if did := after.TotalAlloc - before.TotalAlloc; did < work || did >= 2*work {
			t.Errorf("%s cost %d MiB, want about 19", c[0], did>>20)
		}
	}
}
