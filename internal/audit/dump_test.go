package audit_test

import (
	"fmt"
	"os"
	"testing"
)

func TestDumpWild(t *testing.T) {
	for s := uint64(1); s <= 3; s++ {
		d := fmt.Sprintf("/tmp/wild%d", s)
		os.MkdirAll(d, 0o755)
		writeWildCity(t, d, s, 120)
	}
}
