package online_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/mingjian/mingjian/internal/online"
)

// root is where the tests' shared folders lie.
var root string

// TestMain is also the child of the kill test: it tells events to the directory that the environment names until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("ONLINE_TEST_CHILD"); dir != "" {
		tellUntilKilled(dir)
	}
	var err error
	if root, err = os.MkdirTemp("", "online"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(root)
	os.Exit(code)
}

func tellUntilKilled(dir string) {
	e, err := online.Open(dir, online.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for i := 0; ; i++ {
		if err := e.Tell(context.Background(), tale(i)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(i) // told: it must be known afterwards, whatever happens
	}
}
