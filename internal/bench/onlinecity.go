package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/synth"
)

// A year at 64 lines a person: eight visits of eight lines.
const (
	historyVisits = 8
	historyLines  = 8
	gatePersons   = 400
	askedOrders   = 20
)

// onlineCity is a data directory whose persons have a year of history, beside a small audited city.
type onlineCity struct {
	dir   string
	Lines int64 `json:"lines"`
	Asked int   `json:"persons"`
}

func makeOnlineCity(ctx context.Context, dir string, opt OnlineOptions) (*onlineCity, error) {
	b := &onlineCity{dir: filepath.Join(dir, fmt.Sprintf("data-%d", opt.Persons)), Asked: opt.Persons}
	mark := filepath.Join(dir, fmt.Sprintf("made-%d-%s.json", opt.Persons, opt.Version))
	if raw, err := os.ReadFile(mark); err == nil && json.Unmarshal(raw, b) == nil {
		return b, auditGate(ctx, b.gateDir()) // the cards may be others by now
	}
	files := filepath.Join(dir, "files")
	for _, d := range []string{b.dir, b.gateDir(), files} {
		if err := os.RemoveAll(d); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
	}
	if _, err := synth.Generate(synth.Options{Out: files, Persons: gatePersons, Months: 2, Seed: opt.Seed, End: onlineMonth}); err != nil {
		return nil, err
	}
	if err := os.Remove(filepath.Join(files, "truth.csv")); err != nil {
		return nil, err
	}
	if err := loadOnline(ctx, b.gateDir(), files); err != nil {
		return nil, err
	}
	if err := auditGate(ctx, b.gateDir()); err != nil {
		return nil, err
	}
	if err := b.load(ctx, files, opt); err != nil {
		return nil, err
	}
	opt.Progress("建个人历史文件")
	e, err := online.Open(b.dir, online.Options{})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	if err := e.Prepare(nil); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(filepath.Join(b.dir, "history")); err != nil { // the audit's projections: made, read, not asked for again
		return nil, err
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	return b, os.WriteFile(mark, raw, 0o644)
}

// auditGate audits the small city with the cards that are shipped now.
func auditGate(ctx context.Context, dir string) error {
	lib, err := rule.Shipped()
	if err != nil {
		return err
	}
	a, err := audit.Open(dir, lib)
	if err != nil {
		return err
	}
	defer a.Lake.Close()
	_, err = a.Run(ctx, audit.Options{})
	return err
}

// loadOnline imports files with the shipped knowledge.
func loadOnline(ctx context.Context, dir, files string) error {
	l, err := lake.Open(dir)
	if err != nil {
		return err
	}
	defer l.Close()
	w, err := l.Writer()
	if err != nil {
		return err
	}
	defer w.Close()
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		return err
	}
	if _, err := ks.ImportStarter(); err != nil {
		return err
	}
	rep, err := w.Import(ctx, []string{files}, lake.ImportOptions{})
	if err != nil {
		return err
	}
	if bad := rep.Failed(); len(bad) > 0 {
		return fmt.Errorf("%s 没有导入：%s", bad[0].File, bad[0].Error)
	}
	return nil
}

// atOnce is of how many persons histories are written and imported before the next: files and what the import sorts lie on the
// disk at the same time.
const atOnce = 100_000

// load imports the small city's files and the histories of the persons asked about.
func (b *onlineCity) load(ctx context.Context, files string, opt OnlineOptions) error {
	c, err := codesOf(b.gateDir())
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(opt.Seed, 2))
	for from := 0; from < opt.Persons; from += atOnce {
		to := min(from+atOnce, opt.Persons)
		if err := b.history(files, c, rng, from, to); err != nil {
			return err
		}
		if err := loadOnline(ctx, b.dir, files); err != nil {
			return err
		}
		opt.Progress(fmt.Sprintf("个人历史 %d 人，共 %d 人", to, opt.Persons))
		if err := os.RemoveAll(files); err != nil {
			return err
		}
		if err := os.MkdirAll(files, 0o755); err != nil {
			return err
		}
	}
	return os.RemoveAll(files)
}

// history writes a year of visits for persons.
func (b *onlineCity) history(files string, c *codes, rng *rand.Rand, from, to int) error {
	out := map[string]*bufio.Writer{}
	for name, head := range map[string]string{
		"person":     "psn_no,gend,brdy,insutype,insu_admdvs",
		"visit":      "mdtrt_id,psn_no,fixmedins_code,insutype,med_type,begntime,endtime,dscg_maindiag_code",
		"diagnosis":  "mdtrt_id,inout_diag_type,maindiag_flag,diag_srt_no,diag_code,diag_time",
		"settlement": "setl_id,mdtrt_id,psn_no,fixmedins_code,insutype,med_type,setl_time,medfee_sumamt,fund_pay_sumamt",
		"fee":        "feedetl_sn,mdtrt_id,setl_id,psn_no,fixmedins_code,fee_ocur_time,list_type,hilist_code,med_chrgitm_type,cnt,pric,det_item_fee_sumamt,inscp_scp_amt,prd_days",
	} {
		f, err := os.Create(filepath.Join(files, fmt.Sprintf("%s_%d.csv", name, from)))
		if err != nil {
			return err
		}
		defer f.Close()
		out[name] = bufio.NewWriterSize(f, 1<<20)
		fmt.Fprintln(out[name], head)
	}
	for p := from; p < to; p++ {
		psn := askedPerson(p)
		fmt.Fprintf(out["person"], "%s,%s,%d-%02d-11,390,990101\n", psn, sexOf(p), 1935+rng.IntN(80), 1+rng.IntN(12))
		for v := range historyVisits {
			id := fmt.Sprintf("Y%d-%d", p, v)
			day := onlineMonth.Last() - claim.Day(rng.IntN(360))
			inst := c.insts[rng.IntN(len(c.insts))]
			diag := c.diags[rng.IntN(len(c.diags))]
			fmt.Fprintf(out["visit"], "%s,%s,%s,390,11,%s 08:10:00,%s 10:30:00,%s\n", id, psn, inst, day, day, diag)
			fmt.Fprintf(out["diagnosis"], "%s,1,1,1,%s,%s 08:20:00\n", id, diag, day)
			for l := range historyLines {
				x := c.lines[rng.IntN(len(c.lines))]
				fmt.Fprintf(out["fee"], "%s-%d,%s,S%s,%s,%s,%s 09:%02d:00,%s,%s,%s,1,%s,20.00,20.00,7\n", id, l, id, id, psn, inst, day, l, x.list, x.item, x.charge, x.price)
				b.Lines++
			}
			fmt.Fprintf(out["settlement"], "S%s,%s,%s,%s,390,11,%s 10:20:00,%d.00,%d.00\n", id, id, psn, inst, day, 20*historyLines, 12*historyLines)
		}
	}
	for _, w := range out {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// sexOf a person asked about, as the register has it.
func sexOf(p int) string { return fmt.Sprint(1 + p%2) }

func askedPerson(p int) string { return fmt.Sprintf("9901%010d", 5_000_000_000+p) }
