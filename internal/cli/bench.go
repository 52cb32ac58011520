package cli

import (
	"github.com/mingjian/mingjian/internal/bench"
)

type benchCmd struct {
	Child benchChildCmd `cmd:"" hidden:"" help:"在单独的进程里做一项测量"`
}

// benchChildCmd is what the benchmark runs of itself for one measurement.
type benchChildCmd struct{}

func (benchChildCmd) Run(s *streams) error { return bench.Child(s.ctx, s.in, s.out) }
