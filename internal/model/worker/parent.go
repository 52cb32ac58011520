package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Args are the arguments by which the program runs itself as a worker.
var Args = []string{"worker"}

// ErrStopped is wrapped by the errors of children that were stopped for going beyond a limit.
var ErrStopped = errors.New("已停止")

// ErrRefused is wrapped by the errors of jobs that a child could not do as asked: a statement that is wrong, facts that are not there.
var ErrRefused = errors.New("没有做成")

// watchEvery is how often the parent looks at a child's memory.
const watchEvery = 50 * time.Millisecond

// Run starts a child for the job and waits for its answer. The child gets no environment but what it needs to run. An error
// that wraps ErrStopped says which limit was broken; the caller's context stops it too.
func Run(ctx context.Context, j Job) (*Answer, error) {
	j.Limits.fill()
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	in, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cmd := exec.CommandContext(ctx, exe, Args...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = environment(&j.Limits)
	cmd.Stdin = bytes.NewReader(in)
	var said bytes.Buffer
	out := bounded{most: j.Limits.AnswerMiB << 20, full: stop}
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("启动模型进程：%w", err)
	}
	done := make(chan struct{})
	go watch(cmd.Process.Pid, &j.Limits, done, stop)
	err = cmd.Wait()
	close(done)
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	a := &Answer{}
	if e := json.Unmarshal(out.b.Bytes(), a); e != nil {
		return nil, died(err, &j.Limits, said.String())
	}
	if ru, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		a.PeakMiB = float64(ru.Maxrss) / 1024
	}
	if a.Error != "" {
		return a, fmt.Errorf("%w：%s", ErrRefused, a.Error)
	}
	return a, nil
}

// bounded holds a child's answer and stops the child when it says too much: the service's own memory is not the child's to fill.
type bounded struct {
	b    bytes.Buffer // not embedded: its ReadFrom would go round Write
	most int
	full context.CancelCauseFunc
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.b.Len()+len(p) > b.most {
		err := fmt.Errorf("结果超过 %d MiB，%w：请少取几列、缩小范围，或先汇总", b.most>>20, ErrStopped)
		b.full(err)
		return 0, err
	}
	return b.b.Write(p)
}

// environment keeps secrets of the server (the address of the store, keys) from the child.
func environment(l *Limits) []string {
	env := []string{"GOMEMLIMIT=" + strconv.Itoa(max(64, l.MemoryMiB/4)) + "MiB", "GOMAXPROCS=" + strconv.Itoa(l.Threads)}
	for _, k := range []string{"PATH", "TMPDIR", "LANG", "GOCOVERDIR"} {
		if v := os.Getenv(k); v != "" {
			env = append(env, k+"="+v)
		}
	}
	return env
}

// watch stops a child that takes too much memory or time.
func watch(pid int, l *Limits, done <-chan struct{}, stop context.CancelCauseFunc) {
	clock := time.NewTimer(l.Time)
	defer clock.Stop()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-clock.C:
			stop(fmt.Errorf("运行超过 %s，%w：请缩小时间范围或改写查询", spoken(l.Time), ErrStopped))
			return
		case <-tick.C:
			if rss := residentMiB(pid); rss > l.MemoryMiB {
				stop(fmt.Errorf("内存超过 %d MiB，%w：请缩小范围或改写查询", l.MemoryMiB, ErrStopped))
				return
			}
		}
	}
}

// spoken says a limit in Chinese.
func spoken(d time.Duration) string {
	if d >= time.Minute && d%time.Minute == 0 {
		return fmt.Sprintf("%d 分钟", d/time.Minute)
	}
	return fmt.Sprintf("%.3g 秒", d.Seconds())
}

// residentMiB is the resident memory of a process; 0 where the system does not tell.
func residentMiB(pid int) int {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0
	}
	pages, _ := strconv.Atoi(f[1])
	return pages * (os.Getpagesize() >> 10) >> 10
}

// died explains a child that left no answer.
func died(err error, l *Limits, said string) error {
	var ee *exec.ExitError
	if errors.As(err, &ee) {
		if ws, ok := ee.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			switch ws.Signal() {
			case syscall.SIGXCPU:
				return fmt.Errorf("处理器时间超过 %s，%w：请改写查询", spoken(l.CPU), ErrStopped)
			case syscall.SIGKILL:
				return fmt.Errorf("模型进程被系统结束，%w：多半是处理器时间（%s）或内存（%d MiB）用尽", ErrStopped, spoken(l.CPU), l.MemoryMiB)
			}
			return fmt.Errorf("模型进程意外结束（%s），%w", ws.Signal(), ErrStopped)
		}
	}
	if n := strings.IndexByte(said, '\n'); n > 0 {
		said = said[:n]
	}
	return fmt.Errorf("模型进程没有答复，%w：%v %s", ErrStopped, err, said)
}
