// Package modeldesk is the office side of the big-data models: results become a batch (批次) of findings in the closed loop, and a query
// becomes a model by way of a draft, its own fixture, a trial on history and a second person. It charges nothing (what a model finds is
// money involved, decided by people), runs no SQL itself (package worker does, in a child) and knows no HTTP.
package modeldesk

import (
	"errors"
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/store"
)

// Desk is what the operations work with; Data is the data directory.
type Desk struct {
	DB     *store.DB
	Trail  *auth.Trail
	Data   string
	Limits worker.Limits // of a fixture's check or a trial
}

// ErrRefused is wrapped by what the caller asked wrongly; its text is for him.
var ErrRefused = errors.New("不能办理")

func refuse(format string, a ...any) error {
	return fmt.Errorf("%w：%s", ErrRefused, fmt.Sprintf(format, a...))
}
