package special

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/claim"
)

// TermsFile is where an area's own terms lie in its data directory; without it the national ones hold.
const TermsFile = "special.yaml"

// termsFile is the file: what it leaves out is as the national terms say.
type termsFile struct {
	Terms    `yaml:",inline"`
	Extended map[string]string `yaml:"extended"` // 2025Q4: 2026-02-28
}

// Load reads the terms of a data directory.
func Load(data string) (Terms, error) {
	b, err := os.ReadFile(filepath.Join(data, TermsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return National(), nil
	}
	if err != nil {
		return Terms{}, err
	}
	t, err := ParseTerms(b)
	if err != nil {
		return t, fmt.Errorf("%s：%w", filepath.Join(data, TermsFile), err)
	}
	return t, nil
}

var quarterShape = regexp.MustCompile(`^\d{4}Q[1-4]$`)

// ParseTerms reads the text of a terms file.
func ParseTerms(b []byte) (Terms, error) {
	f := termsFile{Terms: National()}
	d := yaml.NewDecoder(strings.NewReader(string(b)))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil && strings.TrimSpace(string(b)) != "" {
		return f.Terms, err
	}
	t := f.Terms
	for _, c := range []struct {
		name string
		v    pay.Decimal
	}{{"drg", t.DRG}, {"dip", t.DIP}, {"cut_share", t.CutShare}} {
		if c.v <= 0 || c.v > pay.One {
			return t, fmt.Errorf("%s 要在 0 和 1 之间（5%% 写 0.05），写的是 %s", c.name, c.v)
		}
	}
	switch {
	case t.Workdays < 1 || t.Workdays > 250:
		return t, fmt.Errorf("workdays 要在 1 和 250 之间，写的是 %d", t.Workdays)
	case t.Panel < 3 || t.Panel > 15 || t.Panel%2 == 0:
		return t, fmt.Errorf("panel 要是 3 到 15 的单数，写的是 %d", t.Panel)
	case len(t.Materials) == 0 || slices.Contains(t.Materials, ""):
		return t, errors.New("materials 不能空")
	case len(t.Reasons) == 0 || slices.Contains(t.Reasons, ""):
		return t, errors.New("reasons 不能空")
	}
	usual := t
	t.Extended = map[string]claim.Day{}
	for _, q := range slices.Sorted(maps.Keys(f.Extended)) {
		if !quarterShape.MatchString(q) {
			return t, fmt.Errorf("extended 的季度 %q 要写成 2025Q4", q)
		}
		d, err := claim.ParseDay(f.Extended[q])
		if err != nil {
			return t, fmt.Errorf("extended 的 %s：日期 %q 要写成 2026-02-28", q, f.Extended[q])
		}
		if old, err := usual.DeadlineOf(q); err != nil || d <= old {
			return t, fmt.Errorf("extended 的 %s：%s 不晚于原来的截止日 %s，没有延长", q, d, old)
		}
		t.Extended[q] = d
	}
	return t, nil
}

// Example is a terms file with the national terms, to change.
const Example = `# 特例单议的条件，放进数据目录的 special.yaml（mingjian payment special terms --set 文件）；不写的照全国的。
drg: 0.05          # 申报例数占本机构本季结算例数的上限
dip: 0.005
workdays: 15       # 季末后第几个工作日截止；审核的 R014 另有同名的参数，要一起改
panel: 3           # 评审专家人数，单数
cut_share: 0.3     # 不合理费用占基金支付超过这个比例的待补正
materials: [申请表, 病案首页, 费用清单, 出院记录]
reasons: [住院时间长, 医疗费用高, 新药耗新技术, 复杂危重, 多学科联合诊疗]
extended: {}       # 公告延期的季度，如 {2025Q4: 2026-02-28}
`
