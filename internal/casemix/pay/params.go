package pay

import (
	"bytes"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

// Params are the payment parameters of one pooling area and year; everything here is decided by the area, nothing by
// the program. Money is yuan in the file.
type Params struct {
	Area      string              `yaml:"area"`
	Year      int                 `yaml:"year"`
	Name      string              `yaml:"name"`
	Basis     string              `yaml:"basis"` // the document that decided them
	Insurance map[string]*Insured `yaml:"insurance"`
}

// Insured are the parameters of one insurance type (310 职工, 390 居民).
type Insured struct {
	Mode  string   `yaml:"mode"`  // DRG or DIP
	Rate  *Decimal `yaml:"rate"`  // DRG: yuan per 1 of weight (费率); DIP: yuan per point (点值). nil = floating
	Unit  *Decimal `yaml:"unit"`  // of a floating rate: rounded down to this, e.g. 0.0001
	Total *Fen     `yaml:"total"` // distributable budget of the year (可分配总额): a floating rate comes from it

	// Reference is the rate by which outliers are told while the rate floats (last year's, as a rule).
	Reference *Decimal `yaml:"reference"`

	Hospitals map[string]Decimal `yaml:"hospitals"` // coefficient by institution code, else level, else 1
	Groups    map[string]Decimal `yaml:"groups"`    // coefficient by group code, for groups paid alike at every level or favoured

	High      *Outlier `yaml:"high"`
	Low       *Outlier `yaml:"low"`
	Ungrouped Decimal  `yaml:"ungrouped"` // share of the item-based fund charge that an ungrouped case is paid
	Ambiguous *Decimal `yaml:"ambiguous"` // the same for QY; absent = as ungrouped

	BedDay  []BedDay         `yaml:"bed_day"`      // 床日: for stays with pay mode 4 or of the departments and groups named
	BedFrom int32            `yaml:"bed_day_from"` // stays of at least so many days are due by bed day, however they were settled; 0 = only pay mode 4
	Single  map[string]Price `yaml:"single"`       // 单病种: by the code of the disease
	DaySurg *Decimal         `yaml:"day_surg"`     // 日间手术: share of the group's standard

	Month  Monthly  `yaml:"month"`
	Clear  Clearing `yaml:"clear"`
	Budget Budget   `yaml:"budget"`
}

// Outlier bounds. Times is the multiple of the standard; a high case is paid the standard plus Share of what exceeds
// Times × standard, a low one its actual cost.
type Outlier struct {
	Times Decimal `yaml:"times"`
	Share Decimal `yaml:"share"`
}

// BedDay is a price per day for days up to To (0 = without end), in ascending order.
type BedDay struct {
	To    int32 `yaml:"to"`
	Price Fen   `yaml:"price"`
}

// Price of a disease by hospital level; "" = every other level.
type Price map[string]Fen

// Monthly pre-payment.
type Monthly struct {
	Ratio   Decimal `yaml:"ratio"`   // of the declared item-based fund charge
	Deposit Decimal `yaml:"deposit"` // withheld of what is paid (质保金)
	// Advances are what hospitals were given before the year (预付金), by institution; cleared at its end.
	Advances map[string]Fen `yaml:"advances"`
}

// Clearing at the end of the year.
type Clearing struct {
	Retain []Tier `yaml:"retain"` // 结余留用: of the surplus within each band of the payable sum
	Share  []Tier `yaml:"share"`  // 超支分担: of the overspend within each band
	Full   int    `yaml:"full"`   // assessment points from which the deposit is returned whole; below, in proportion
	// Scores are the year's assessment points by institution, once it was held; who has none here has all.
	Scores map[string]int `yaml:"scores"`
}

// Tier is a band: up to UpTo of the payable sum (0 = without end) the share.
type Tier struct {
	UpTo  Decimal `yaml:"up_to"`
	Share Decimal `yaml:"share"`
}

// ReadParams reads a parameter file.
func ReadParams(path string) (*Params, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := ParseParams(b)
	if err != nil {
		return nil, fmt.Errorf("%s：%w", path, err)
	}
	return p, nil
}

// ParseParams reads parameters; a word it does not know is an error.
func ParseParams(b []byte) (*Params, error) {
	var p Params
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&p); err != nil {
		return nil, err
	}
	if len(p.Insurance) == 0 {
		return nil, fmt.Errorf("没有任何险种的参数（insurance）")
	}
	for k, i := range p.Insurance {
		if i == nil {
			return nil, fmt.Errorf("险种 %s 没有参数", k)
		}
		if err := i.check(); err != nil {
			return nil, fmt.Errorf("险种 %s：%w", k, err)
		}
	}
	return &p, nil
}

func (i *Insured) check() error {
	if i.Mode != "DRG" && i.Mode != "DIP" {
		return fmt.Errorf("mode 要写 DRG 或 DIP，写的是 %q", i.Mode)
	}
	if (i.Rate == nil) == (i.Total == nil) {
		return fmt.Errorf("rate（固定费率或点值）和 total（浮动时的可分配总额）要给且只给一个")
	}
	if (i.Rate != nil && *i.Rate <= 0) || i.Total != nil && *i.Total <= 0 {
		return fmt.Errorf("rate、total 要大于 0")
	}
	if i.Unit == nil {
		u := Decimal(100) // 0.0001 yuan
		i.Unit = &u
	}
	if *i.Unit <= 0 || One%*i.Unit != 0 {
		return fmt.Errorf("unit 要是 1、0.01、0.0001 这样的数")
	}
	for what, o := range map[string]*Outlier{"high": i.High, "low": i.Low} {
		if o != nil && (o.Times <= 0 || o.Share < 0 || o.Share > One) {
			return fmt.Errorf("%s 的 times 要大于 0，share 在 0 到 1 之间", what)
		}
	}
	if i.High != nil && i.Low != nil && i.High.Times <= i.Low.Times {
		return fmt.Errorf("高倍率要大于低倍率")
	}
	for _, d := range []Decimal{i.Ungrouped, i.Month.Ratio, i.Month.Deposit} {
		if d < 0 || d > One {
			return fmt.Errorf("ungrouped、month.ratio、month.deposit 要在 0 到 1 之间")
		}
	}
	for k, c := range i.Hospitals {
		if c <= 0 {
			return fmt.Errorf("hospitals 里 %s 的系数要大于 0", k)
		}
	}
	last := int32(0)
	for n, b := range i.BedDay {
		if b.To != 0 && b.To <= last || b.To == 0 && n < len(i.BedDay)-1 || b.Price < 0 {
			return fmt.Errorf("bed_day 的各段要由短到长，只有最后一段可以没有 to")
		}
		last = b.To
	}
	for what, tiers := range map[string][]Tier{"retain": i.Clear.Retain, "share": i.Clear.Share} {
		at := Decimal(0)
		for n, t := range tiers {
			if t.UpTo != 0 && t.UpTo <= at || t.UpTo == 0 && n < len(tiers)-1 || t.Share < 0 || t.Share > One {
				return fmt.Errorf("clear.%s 的各段要由低到高，share 在 0 到 1 之间，只有最后一段可以没有 up_to", what)
			}
			at = t.UpTo
		}
	}
	if i.Total != nil && (i.High != nil || i.Low != nil) && (i.Reference == nil || *i.Reference <= 0) {
		return fmt.Errorf("费率浮动而又有高低倍率时，要给 reference（判断倍率用的参考费率或点值）")
	}
	for inst, n := range i.Clear.Scores {
		if n < 0 {
			return fmt.Errorf("clear.scores 里 %s 的得分 %d 不能为负", inst, n)
		}
	}
	if i.Clear.Full == 0 {
		i.Clear.Full = 100
	}
	return nil
}

// coefficient of a hospital: its own, else its level's, else 1.
func (i *Insured) coefficient(inst, level string) Decimal {
	if c, ok := i.Hospitals[inst]; ok {
		return c
	}
	if c, ok := i.Hospitals[level]; ok {
		return c
	}
	return One
}
