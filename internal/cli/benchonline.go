package cli

import (
	"fmt"
	"os"

	"github.com/mingjian/mingjian/internal/bench"
)

type benchOnlineCmd struct {
	jsonFlag
	Persons int    `help:"有一年历史（每人 64 行）的人数" default:"600000"`
	Seconds int    `help:"每个速率维持几秒" default:"10"`
	Rates   []int  `help:"开环每秒次数，逐级加，超过 20 毫秒即停" default:"100,250,500,1000,1500,2000,3000,4000,5000"`
	Seed    uint64 `help:"随机种子" default:"1"`
	Prepare bool   `help:"只造示例城市和个人历史（60 万人约 10 GB 磁盘），放在 --data，留待以后测"`
	Models  string `help:"另在这个数据目录上把全部模型跑一遍，同时按一半的到达率核对，报 p99；不保存运行结果" placeholder:"目录"`
	Data    string `help:"示例城市放在哪里，下次可接着用；缺省用完即删" placeholder:"目录"`
}

func (c *benchOnlineCmd) Run(s *streams) error {
	if c.Persons < 1 || c.Seconds < 1 || len(c.Rates) == 0 {
		return usageError{fmt.Errorf("--persons、--seconds 至少 1，--rates 至少给一个")}
	}
	if c.Prepare && c.Data == "" {
		return usageError{fmt.Errorf("--prepare 要给 --data")}
	}
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o755); err != nil {
			return err
		}
	}
	r, err := bench.Online(s.ctx, bench.OnlineOptions{Persons: c.Persons, Seconds: c.Seconds, Rates: c.Rates, Seed: c.Seed, Data: c.Data, Models: c.Models, Version: Version, Prepare: c.Prepare,
		Progress: func(what string) { s.note("%s\n", what) }})
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(r)
	}
	if c.Prepare {
		s.printf("%d 人、%d 行历史在 %s，测速时用同一个 --data、--persons 和同一个程序\n", r.Persons, r.HistoryLines, c.Data)
		return nil
	}
	s.printf("%d 人、%d 行历史，%d 张卡，报文 %d 字节，%s\n", r.Persons, r.HistoryLines, r.Cards, r.BodyBytes, r.CPU)
	s.printf("开环每秒 %d 次：中位 %.1f 毫秒，p99 %.1f 毫秒，最长 %.1f 毫秒；审核同时进行时 p99 %.1f 毫秒\n", r.RPSOpen, r.P50, r.P99, r.Max, r.AuditP99)
	if m := r.ModelsRun; m != nil {
		s.printf("全部 %d 个模型同时进行（%.1f 秒，最慢 %.1f 秒，内存峰值 %.0f MiB，失败 %d 个）：每秒 %d 次，中位 %.1f 毫秒，p99 %.1f 毫秒，最长 %.1f 毫秒\n", m.Models, m.Seconds, m.Slowest, m.PeakMiB, m.Failed, m.RPS, m.P50, m.P99, m.Max)
	}
	s.printf("闭环每秒 %.0f 次，是空处理（%.0f 次）的 %.2f；每次 %.0f 微秒处理器时间\n", r.ClosedRPS, r.NoopRPS, r.NoopRatio, r.CPUMicros)
	s.printf("堆 %.0f MiB，启动到首次应答 %.1f 秒\n", r.HeapMiB, r.FirstAnswer)
	for _, k := range [][2]string{{"read", "读报文"}, {"sign", "验签"}, {"decode", "解码"}, {"judge", "判断"}, {"remind", "选择与留痕"}, {"answer", "应答"}} {
		s.printf("  %s %.0f %%\n", k[1], 100*r.Shares[k[0]])
	}
	return nil
}
