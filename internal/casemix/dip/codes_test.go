package dip

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mingjian/mingjian/internal/casemix"
)

func open(t *testing.T, change map[string]string) *Catalogue {
	t.Helper()
	all, f := maps.Clone(tiny), fstest.MapFS{}
	maps.Copy(all, change)
	for n, text := range all {
		f[n] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A case is never put anywhere, not into the blank row either, by a diagnosis that is none or that its sex cannot have.
func TestWrongPrincipal(t *testing.T) {
	c := open(t, map[string]string{"sexes.csv": "dx,sex\nN70-N98,2\nC61,1\n"})
	for _, x := range []struct {
		dx   string
		sex  int8
		want string
	}{
		{"ZZZ.9", 1, "数据错误:PDX_INVALID"}, {"肺炎", 1, "数据错误:PDX_INVALID"}, {"N80.000", 1, "数据错误:SEX_CONFLICT"}, {"N98.900", 1, "数据错误:SEX_CONFLICT"},
		{"N80.000", 2, "分组成功"}, {"C61.x00", 2, "数据错误:SEX_CONFLICT"}, {"C61.x00", 1, "分组成功"}, {"N99.000", 1, "分组成功"}, {"K80.100|N80.000", 1, "分组成功"},
	} {
		k := kase(x.dx, "", 6000)
		k.Sex = x.sex
		r := c.Group(k)
		if r.Status() != x.want || r.Problem != nil && (r.Row != nil || r.Score != 0 || len(r.Trace) == 0) {
			t.Errorf("%s, sex %d: %s, want %s; %v", x.dx, x.sex, r.Status(), x.want, r.Trace)
		}
	}
}

// With the national lists an old code counts as the one it became, and what they do not have counts as nothing.
func TestNationalCodes(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"zd_info.csv": "icd10_yb,name\nK80.100,胆囊结石\nA41.900,脓毒症\nE11.900,糖尿病\n", "zd_map.csv": "source_code,yb_code\nK80.100x900,K80.100\nOLD01,A41.900\nK80.100,K80.100\n",
		"ss_info.csv": "icd9cm3_yb,name\n51.2300,切除\n51.4100,探查\n", "ss_map.csv": "source_code,yb_code\n51.23009,51.2300\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	codes, err := casemix.OpenCodebook(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := load(t)
	c.Use(codes)
	for _, x := range []struct{ dx, proc, code, score, says string }{
		{"k80.100X900", "51.23009", "C2", "150", "诊断 k80.100X900 按编码对照转为 K80.100"},
		{"K80.100|OLD01", "51.2300", "C2", "180", "诊断 OLD01 按编码对照转为 A41.900"},
		{"K80.100|E99.900", "51.2300|51.2300|99.9999", "C2", "150", "手术操作 99.9999 不是有效编码"},
		{"K80.100|K80.100x900", "51.2300|51.4100", "C3", "240", ""},
		{"K80.900", "", "", "0", "主要诊断编码 K80.900 无效"},
	} {
		r := c.Group(kase(x.dx, x.proc, 15000))
		code := ""
		if r.Row != nil {
			code = r.Row.Code
		}
		if text := strings.Join(r.Trace, ";"); code != x.code || !strings.Contains(text, x.says) || r.Aux == nil && x.score == "180" {
			t.Errorf("%s %s: %s %s, want %s %s; %s", x.dx, x.proc, code, r.Score, x.code, x.score, text)
		}
	}
	if _, err := casemix.OpenCodebook(t.TempDir()); err == nil {
		t.Error("a directory without lists was taken for code lists")
	}
}

// What decides a grade and is not told gives no coefficient, and the trace says so.
func TestUntold(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		name, says string
		set        func(*Case)
		aux        string
	}{
		{"light", "没有住院天数", func(k *Case) { k.LOS = casemix.None }, ""},
		{"dead", "没有住院天数", func(k *Case) { k.LOS, k.Discharge = casemix.None, 5 }, ""},
		{"with MCC it does not matter", "严重程度 III", func(k *Case) { k.LOS = casemix.None; k.Dx = append(k.Dx, "A41.900") }, "III"},
		{"infant", "没有日龄", func(k *Case) { k.Age = 0 }, ""},
	} {
		k := kase("K80.100", "", 6000)
		x.set(k)
		r := c.Group(k)
		grade := ""
		if r.Aux != nil {
			grade = r.Aux.Grade
		}
		if grade != x.aux || !strings.Contains(strings.Join(r.Trace, ";"), x.says) {
			t.Errorf("%s: %q; %v", x.name, grade, r.Trace)
		}
	}
}

func TestRowsThatNothingMeets(t *testing.T) {
	const head = "code,name,kind,dx,proc,class,level,score,mean_cost\n"
	for row, says := range map[string]string{
		"A,甲,核心,K80,,,,60,6000.00\n":     "不是亚目",
		"A,甲,基层,K80.10,,,,60,6000.00\n":  "不是亚目",
		"A,甲,综合,K80.1,,,,60,6000.00\n":   "一到三位",
		"A,甲,综合,K93-K00,,,,60,6000.00\n": "类目范围",
		"A,甲,综合,,,,,60,6000.00\n":        "一到三位",
	} {
		f := fstest.MapFS{"procedures.csv": &fstest.MapFile{Data: []byte("code,class\n")}, "catalogue.csv": &fstest.MapFile{Data: []byte(head + row)}}
		if _, err := Load(f); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "第 2 行") {
			t.Errorf("%q: %v, want one that says %s", row, err, says)
		}
	}
}
