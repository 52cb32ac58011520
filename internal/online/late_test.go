package online

import (
	"errors"
	"testing"
	"time"
)

// Who asks for a history that is being made is not kept beyond his time, and the next gets it once it is there.
func TestLateHistory(t *testing.T) {
	h := &history{slots: make([]slot, 1)}
	begun, ready := make(chan struct{}), make(chan struct{})
	made := &bucketFile{}
	h.waiting.Go(func() {
		h.slots[0].opening.Do("", func() (any, error) { //nolint:errcheck // it cannot fail
			close(begun)
			<-ready
			h.slots[0].now.Store(made)
			return nil, nil
		})
	})
	<-begun
	if f, err := h.bucketBy(0, time.Now()); !errors.Is(err, errLate) || f != nil {
		t.Errorf("%v, %v", f, err)
	}
	close(ready)
	h.close() // waits for those who still make it
	if f, err := h.bucketBy(0, time.Now()); err != nil || f != made {
		t.Errorf("%v, %v", f, err)
	}
}
