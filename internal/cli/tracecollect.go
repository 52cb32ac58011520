package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/mingjian/mingjian/internal/trace/counter"
	"github.com/mingjian/mingjian/internal/trace/index"
)

type traceCollectCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	KeepDays int `name:"keep-days" default:"90" help:"导入后的原始报文保留几天，期满删除；退货、删除批次、撤销结算靠它找到所指的盒"`
}

// Run imports what the interface received. It may run beside the server; what arrived within the last half minute waits for the next time.
func (c *traceCollectCmd) Run(s *streams) error {
	if x, err := openIndex(c.Data); err == nil { // no server runs: what one left unsealed is taken too
		d, err := counter.Open(indexDir(c.Data), x, nil)
		if err != nil {
			return errors.Join(err, x.Close())
		}
		if err := d.Close(); err != nil {
			return err
		}
	} else if !errors.Is(err, index.ErrBusy) {
		return err
	}
	if c.KeepDays < counter.KeepDays {
		return fmt.Errorf("--keep-days 至少 %d 日：在此期间退货和撤销要找到所指的盒", counter.KeepDays)
	}
	tmp, err := os.MkdirTemp("", "mingjian-collect-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	t, err := counter.Collect(indexDir(c.Data), tmp)
	if err != nil {
		return err
	}
	out := struct {
		Rows     int      `json:"rows"`
		Landed   int64    `json:"landed"`
		Rejected int64    `json:"rejected"`
		Deleted  int      `json:"deleted"`
		Unable   []string `json:"unable"`
		Removed  int      `json:"removed_files"`
		Freed    int64    `json:"freed_bytes"`
	}{Rows: t.Rows, Deleted: t.Deleted, Unable: append([]string{}, t.Unable...)}
	if t.Rows > 0 {
		rep, err := importPaths(s, c.Data, t.Files, "")
		if err != nil {
			return err
		}
		if bad := rep.Failed(); len(bad) > 0 {
			return fmt.Errorf("收件箱没有导入，原样留着：%v", bad)
		}
		for _, f := range rep.Files {
			out.Landed, out.Rejected = out.Landed+f.Landed, out.Rejected+f.Rejected
		}
		if err := note(s, c.Data, c.Store, "导入进销存", rep.Snapshot, fmt.Sprintf("收到 %d 行；入库 %d 行，拒收 %d 行", t.Rows, out.Landed, out.Rejected)); err != nil {
			return err
		}
	}
	if err := t.Done(); err != nil {
		return err
	}
	if out.Removed, out.Freed, err = counter.Sweep(indexDir(c.Data), time.Now().AddDate(0, 0, -c.KeepDays)); err != nil {
		return err
	}
	if c.JSON {
		return s.json(out)
	}
	s.printf("收到 %d 行，删除 %d 行；入库 %d 行，拒收 %d 行\n", out.Rows, out.Deleted, out.Landed, out.Rejected)
	if out.Removed > 0 {
		s.printf("过了保留期（%d 日）的报文文件删除 %d 个，%d 字节\n", c.KeepDays, out.Removed, out.Freed)
	}
	for _, u := range out.Unable {
		s.printf("不能删除：%s\n", u)
	}
	return nil
}
