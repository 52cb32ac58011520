package oracle

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// sheet reads one national sheet as rows of header → value.
func sheet(t *testing.T, dir, name string) []row {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name+".csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	recs, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []row
	for _, rec := range recs[1:] {
		r := row{}
		for i, v := range rec {
			r[strings.TrimPrefix(recs[0][i], "\ufeff")] = strings.TrimSpace(v)
		}
		out = append(out, r)
	}
	return out
}

// point is a national point: everywhere and always, nothing set but the subject.
func point(rule, code string) knowledge.Point {
	return knowledge.Point{ID: rule + "-" + code, RuleID: rule, Subject: code, Limit: claim.None64, AgeMin: -1, AgeMax: -1,
		From: claim.NoDay, To: claim.OpenDay}
}

var numeral = regexp.MustCompile(`\d+`)

func limitOf(s string) claim.Qty {
	n, err := strconv.Atoi(numeral.FindString(s))
	if err != nil {
		return claim.None64
	}
	return claim.Qty(n) * claim.QtyOne
}

// nationalPoints is the least reader of the national sheets that the fixture needs. It is no importer: sheets whose
// text and limit disagree are not looked into.
func nationalPoints(t *testing.T, dir string) []knowledge.Point {
	t.Helper()
	var out []knowledge.Point
	drugs := func(rule, name string, fill func(*knowledge.Point, row)) {
		generics := map[string]row{}
		for _, r := range sheet(t, dir, name) {
			generics[r["药品通用名"]] = r
		}
		for _, r := range sheet(t, dir, name+"_Sheet2") {
			code := r["国标代码"] + r["药品代码"]
			if g := generics[r["药品通用名"]]; g != nil && code != "" {
				pt := point(rule, code)
				fill(&pt, g)
				out = append(out, pt)
			}
		}
	}
	items := func(rule, name, col string, fill func(*knowledge.Point, row)) {
		for i, r := range sheet(t, dir, name) {
			pt := point(rule, r[col])
			pt.ID += "-" + strconv.Itoa(i)
			fill(&pt, r)
			if pt.Subject != "" {
				out = append(out, pt)
			}
		}
	}
	drugs("A001", "第一批_药品规则库_限定性别对象", func(p *knowledge.Point, r row) { p.Sex = r["限定对象"] })
	drugs("A003", "第一批_药品规则库_限定年龄对象", func(*knowledge.Point, row) {})
	drugs("A007", "第三批_药品规则库_限定保险类型", func(p *knowledge.Point, r row) {
		if r["限定对象"] != "工伤" {
			p.RuleID = "A008"
		}
	})
	drugs("A009", "第五批_药品规则库_限定机构等级", func(p *knowledge.Point, r row) {
		for i, level := range []string{"一级", "二级", "三级"} {
			if strings.Contains(r["限定值域"], level) && !p.Limit.Has() {
				p.Limit = claim.Qty(i+1) * claim.QtyOne
			}
		}
	})
	drugs("A011", "第四批_药品规则库_限定就医方式", func(p *knowledge.Point, r row) {
		p.Allow = strings.NewReplacer("、", "|", "或", "|", "，", "|").Replace(r["限定值域"])
	})
	drugs("A015", "第六批_药品规则库_限定支付疗程", func(p *knowledge.Point, r row) {
		p.Limit, p.Scope, p.Params.Group = limitOf(r["限定值域"]), "疾病过程", r["药品通用名"]
		if strings.Contains(r["药品说明"], "单次住院") {
			p.Scope = "单次住院"
		}
	})
	items("A002", "第一批_项目规则库_限定性别对象", "国标代码", func(p *knowledge.Point, r row) { p.Sex = r["限定性别"] })
	items("A005", "第一批_项目规则库_限定年龄对象", "国标代码", func(p *knowledge.Point, r row) { p.Allow = r["限定对象"] })
	items("B002", "第七批_项目规则库_重复收费", "主项编码", func(p *knowledge.Point, r row) {
		p.Second, p.Scope = r["从项编码"], r["频度"]
	})
	items("B021", "第八批-1_项目规则库_限定频次", "项目编码", func(p *knowledge.Point, r row) {
		p.Limit, p.Unit = limitOf(r["限制数量"]), r["数量单位"]
		if p.Unit == "小时" {
			p.RuleID = "B009"
		}
	})
	items("B023", "第八批-3_项目规则库_限定疗程", "项目代码", func(p *knowledge.Point, r row) {
		_, interval, _ := strings.Cut(r["备注"], "间隔")
		p.WindowD, p.Limit = int(limitOf(interval)/claim.QtyOne), claim.QtyOne
		if interval == "" {
			p.Subject = ""
		}
	})
	items("B023", "第八批-4_项目规则库_限定周期", "项目代码", func(p *knowledge.Point, r row) {
		p.WindowD, p.Limit = int(limitOf(r["疗程周期"])/claim.QtyOne), limitOf(r["频次上限"])
	})
	return out
}
