package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

type storeCmd struct {
	Info    storeInfoCmd    `cmd:"" help:"业务库在哪里，有多少内容"`
	Sync    storeSyncCmd    `cmd:"" help:"把已发布的疑点装入业务库"`
	Migrate storeMigrateCmd `cmd:"" help:"建库，或升级到本程序的版本"`
	Use     storeUseCmd     `cmd:"" help:"以后改用这个业务库"`
}

type storeInfoCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

type storeInfo struct {
	Store   string       `json:"store"`
	Engine  store.Engine `json:"engine"`
	Version int64        `json:"version"`
	store.Counts
	LastRun *store.Run  `json:"last_run"`
	Synced  bool        `json:"synced"` // the last run came in whole
	Months  []monthInfo `json:"months"`
}

type monthInfo struct {
	Month    string `json:"month"`
	State    string `json:"state"`
	Findings int64  `json:"findings"`
	Lines    int64  `json:"lines"`
	Vola     int64  `json:"vola_fen"`
	Fund     int64  `json:"fund_fen"`
	Charged  int64  `json:"charged_fen"`
}

func (c *storeInfoCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		i := storeInfo{Store: o.db.Location().String(), Engine: o.db.Location().Engine, Months: []monthInfo{}}
		var err error
		if i.Version, err = o.db.Version(s.ctx); err != nil {
			return err
		}
		if i.Counts, err = o.db.Counts(s.ctx); err != nil {
			return err
		}
		sums, err := o.db.FindingSums(s.ctx)
		if err != nil {
			return err
		}
		for _, x := range sums {
			i.Months = append(i.Months, monthInfo(x))
		}
		switch r, err := o.db.LastRun(s.ctx); {
		case err == nil:
			i.LastRun, i.Synced = &r, r.Finished > 0
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		if c.JSON {
			return s.json(i)
		}
		printStore(s, &i)
		return nil
	})
}

func printStore(s *streams, i *storeInfo) {
	s.printf("业务库 %s（%s，版本 %d）\n", i.Store, i.Engine, i.Version)
	s.printf("疑点 %s 条、%s 行，已撤回 %s 条，待办 %s，用户 %s，有效密钥 %s，留痕 %s 条\n", thousands(i.Findings), thousands(i.Lines), thousands(i.Withdrawn),
		thousands(i.Tasks), thousands(i.Users), thousands(i.Keys), thousands(i.Records))
	switch {
	case i.LastRun == nil:
		s.printf("还没有疑点入库：审核后自动入库，或运行 mingjian store sync\n")
		return
	case !i.Synced:
		s.printf("第 %d 次审核的疑点没有全部入库：请运行 mingjian store sync\n", i.LastRun.Run)
	default:
		s.printf("第 %d 次审核已入库（%s）：%s\n", i.LastRun.Run, clock(i.LastRun.Finished), takenIn(i.LastRun))
	}
	var rows [][]string
	for _, m := range i.Months {
		rows = append(rows, []string{m.Month, m.State, thousands(m.Findings), thousands(m.Lines), yuan(m.Vola), yuan(m.Fund), yuan(m.Charged)})
	}
	table(s.out, []string{"月份", "状态", ">疑点", ">违规行", ">违规金额(元)", ">其中基金", ">拟追(去重)"}, rows)
}

// clock writes a stored moment in China's time.
func clock(micros int64) string {
	if micros == 0 {
		return ""
	}
	return store.Moment(micros).In(time.FixedZone("", 8*3600)).Format(time.DateTime)
}

type storeSyncCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	All bool `help:"全部重新核对，不只是变过的"`
}

func (c *storeSyncCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		lock, err := lockData(c.Data)
		if err != nil {
			return err
		}
		defer lock.Close()
		r, err := o.takeIn(s, c.All)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(r)
		}
		if r.Run == 0 {
			s.printf("还没有审核结果：请先运行 mingjian audit\n")
			return nil
		}
		s.printf("疑点入库：%s\n", takenIn(r))
		return nil
	})
}

type storeMigrateCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

func (c *storeMigrateCmd) Run(s *streams) error {
	if err := os.MkdirAll(c.Data, 0o755); err != nil {
		return err
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error { // opening migrates
		v, err := o.db.Version(s.ctx)
		if err != nil {
			return err
		}
		if err := o.record(s, "升级业务库", o.db.Location().String(), fmt.Sprintf("版本 %d", v)); err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"store": o.db.Location().String(), "version": v})
		}
		s.printf("业务库 %s 已是版本 %d\n", o.db.Location(), v)
		return nil
	})
}

type storeUseCmd struct {
	dataFlag
	Where string `arg:"" name:"地址" help:"postgres://用户:口令@主机:端口/库名，或 SQLite 文件"`
}

func (c *storeUseCmd) Run(s *streams) error {
	if err := os.MkdirAll(c.Data, 0o755); err != nil {
		return err
	}
	return withOffice(s, c.Data, c.Where, func(o *office) error {
		if err := o.record(s, "改用业务库", o.db.Location().String(), ""); err != nil {
			return err
		}
		if err := o.db.Location().Remember(c.Data); err != nil {
			return err
		}
		s.printf("数据目录 %s 以后用业务库 %s。原来库里的内容不会自动搬过来：要搬请先 backup，再 restore 到新库\n", c.Data, o.db.Location())
		return nil
	})
}
