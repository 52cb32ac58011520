package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	modelworker "github.com/mingjian/mingjian/internal/model/worker"
)

// ModelsBeside is how calls fared while all models ran, each in a child of one thread and low priority, as the service starts them.
type ModelsBeside struct {
	OnlineRate
	Calls   int     `json:"calls"`
	Models  int     `json:"models"`
	Failed  int     `json:"failed"`
	Seconds float64 `json:"seconds"` // of the run, views included
	Slowest float64 `json:"slowest_s"`
	PeakMiB float64 `json:"peak_rss_mib"` // of the largest child
}

// besideModels keeps up a rate of calls from before the first model starts until the last has ended. Nothing of the run is kept.
func besideModels(ctx context.Context, t *target, bodies [][]byte, rate int, data string) (*ModelsBeside, error) {
	lib, err := model.ForData(data)
	if err != nil {
		return nil, err
	}
	var run *runs.Run
	done := make(chan error, 1)
	go func() {
		var err error
		run, err = runs.Do(ctx, runs.Options{Data: data, Models: lib.All, Trial: true, Limits: modelworker.Limits{MemoryMiB: 6144, Threads: 1, Time: 10 * time.Minute}})
		done <- err
	}()
	var all held
	for going := true; going; {
		all = append(all, t.hold(bodies, rate, time.Second)...)
		select {
		case err := <-done:
			if err != nil {
				return nil, fmt.Errorf("同时运行的模型：%w", err)
			}
			going = false
		default:
		}
	}
	x := &ModelsBeside{Calls: len(all), OnlineRate: rateOf(rate, all), Models: len(run.Models), Seconds: run.Seconds}
	for _, m := range run.Models {
		if m.Error != "" {
			x.Failed++
		}
		x.Slowest, x.PeakMiB = max(x.Slowest, m.Seconds), max(x.PeakMiB, m.PeakMiB)
	}
	return x, nil
}
