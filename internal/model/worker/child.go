package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mingjian/mingjian/internal/calendar"
)

// Child reads a job, does it and writes its answer: what a process started by Run runs. Every error goes into the answer.
func Child(ctx context.Context, in io.Reader, out io.Writer) error {
	var j Job
	if err := json.NewDecoder(in).Decode(&j); err != nil {
		return fmt.Errorf("模型任务无法读取：%w", err)
	}
	j.Limits.fill()
	if err := confine(&j.Limits); err != nil {
		return err
	}
	if err := calendar.Load(j.Data); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "mingjian-model-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	start := time.Now()
	a := Answer{}
	switch j.Kind {
	case "prepare":
		a.Views, err = prepare(ctx, &j, tmp)
	case "run":
		a.Result, err = runModel(ctx, &j, tmp)
	case "fixture":
		err = tryFixture(ctx, &j, tmp)
	case "query":
		a.Table, err = query(ctx, &j, tmp)
	case "bills":
		a.Bills, err = bills(ctx, &j, tmp)
	default:
		err = fmt.Errorf("没有名为 %q 的模型任务", j.Kind)
	}
	if err != nil {
		a.Error = plain(err)
	}
	a.Seconds = time.Since(start).Seconds()
	return json.NewEncoder(out).Encode(a)
}

// confine sets what the system enforces on this process: processor time, no core dumps, few files, low priority.
func confine(l *Limits) error {
	cpu := uint64(max(1, int(l.CPU.Seconds()+0.5)))
	for what, v := range map[int]uint64{syscall.RLIMIT_CPU: cpu, syscall.RLIMIT_CORE: 0, syscall.RLIMIT_NOFILE: 1024} {
		r := syscall.Rlimit{Cur: v, Max: v}
		if what == syscall.RLIMIT_CPU {
			r.Max = v + 2
		}
		if err := syscall.Setrlimit(what, &r); err != nil {
			return fmt.Errorf("限制模型进程：%w", err)
		}
	}
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 10) // who waits for an answer at the counter goes first
	return nil
}

// Dir is where a data directory keeps its views and runs.
func Dir(data string) string { return filepath.Join(data, "models") }
