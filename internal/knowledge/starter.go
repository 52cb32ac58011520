package knowledge

import (
	"embed"
	"fmt"
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/sheet"
)

//go:embed starter/*.csv
var starterFiles embed.FS

// Pack is the starter knowledge (示例知识包): invented points, catalogue and price limits whose codes are all in
// reserved ranges (items 99…, drugs XZZ…, areas 9901…), so that it can never accuse a real hospital.
type Pack struct {
	Points []Point
	// Catalogue and PriceLimit are the input tables of those names, as CSV.
	Catalogue, PriceLimit []byte
	Items                 []Item
}

// Item is one item of the starter catalogue as a bill needs it.
type Item struct {
	Code, Name, ListType, Generic, ATC, MedcWay, Dosform string
	// PacCnt is the number of PrepUnits in one PacUnit; absent (claim.None64) for services.
	PacCnt            claim.Qty
	PacUnit, PrepUnit string
	DDD               claim.Qty // per day, in DDDUnit; claim.None64 when absent
	DDDUnit           string
	PricingUnit       string // of services: 次 日 小时 部位 侧
	ChargeType        string // med_chrgitm_type 01–14
	Level             string // chrgitm_lv 01 甲 02 乙 03 丙
	Unit, Spec        string // billing unit and specification
	Price             claim.Price
	Narcotic, Nego    bool
	From, To          claim.Day // first and last day any catalogue row of the code holds
}

// Starter reads the starter pack that ships inside the program.
func Starter() (*Pack, error) {
	files := map[string]*sheet.Table{}
	raw := map[string][]byte{}
	for _, n := range []string{"points.csv", "catalogue.csv", "price_limit.csv", "items.csv"} {
		b, err := starterFiles.ReadFile("starter/" + n)
		if err != nil {
			return nil, fmt.Errorf("示例知识包缺少 %s：%w", n, err)
		}
		ts, err := sheet.Read(n, b)
		if err != nil {
			return nil, err
		}
		files[n], raw[n] = ts[0], b
	}
	points, _, bad, unknown := readPoints(files["points.csv"], FirstDay)
	if len(bad) > 0 {
		return nil, &bad[0]
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("示例知识包 points.csv 有不认识的列 %v", unknown)
	}
	items, err := starterItems(files["catalogue.csv"], files["items.csv"])
	if err != nil {
		return nil, err
	}
	return &Pack{Points: points, Catalogue: raw["catalogue.csv"], PriceLimit: raw["price_limit.csv"], Items: items}, nil
}

func starterItems(catalogue, items *sheet.Table) ([]Item, error) {
	rows := map[string][]map[string]string{}
	for _, r := range catalogue.Rows {
		c := catalogue.Cells(r)
		rows[c["hilist_code"]] = append(rows[c["hilist_code"]], c)
	}
	out := make([]Item, 0, len(items.Rows))
	for i, r := range items.Rows {
		it, err := starterItem(items.Cells(r), rows)
		if err != nil {
			return nil, fmt.Errorf("示例知识包 items.csv 第 %d 行：%w", items.Lines[i], err)
		}
		out = append(out, it)
	}
	return out, nil
}

func starterItem(c map[string]string, catalogue map[string][]map[string]string) (Item, error) {
	it := Item{
		Code: c["hilist_code"], Name: c["hilist_name"], ListType: c["list_type"], ChargeType: c["med_chrgitm_type"],
		Unit: c["cnt_unt"], Spec: c["spec"], PacCnt: claim.None64, DDD: claim.None64,
	}
	price, err := claim.ParseDecimal(c["pric"], 6)
	if err != nil {
		return it, fmt.Errorf("pric=%q：%w", c["pric"], err)
	}
	it.Price = claim.Price(price)
	versions := catalogue[it.Code]
	if len(versions) == 0 {
		return it, fmt.Errorf("hilist_code=%s 不在 catalogue.csv", it.Code)
	}
	return it, it.describe(versions)
}

// describe fills the item from its catalogue rows; the last one is the current one.
func (it *Item) describe(versions []map[string]string) error {
	c := versions[len(versions)-1]
	it.Generic, it.ATC, it.MedcWay, it.Dosform = c["generic_name"], c["atc"], c["medc_way"], c["dosform"]
	it.PacUnit, it.PrepUnit, it.DDDUnit = c["min_pacunt"], c["min_prepunt"], c["ddd_unt"]
	it.PricingUnit, it.Level = c["pricing_unit"], c["chrgitm_lv"]
	it.Narcotic, it.Nego = c["narc_flag"] == "1", c["nego_flag"] == "1"
	for _, f := range []struct {
		name string
		to   *claim.Qty
	}{{"min_pac_cnt", &it.PacCnt}, {"ddd", &it.DDD}} {
		if c[f.name] == "" {
			continue
		}
		n, err := strconv.ParseInt(c[f.name], 10, 32)
		if err != nil {
			return fmt.Errorf("%s=%q：%w", f.name, c[f.name], err)
		}
		*f.to = claim.Qty(n) * claim.QtyOne
	}
	var err error
	if it.From, err = claim.ParseDay(versions[0]["begndate"]); err != nil {
		return fmt.Errorf("begndate=%q：%w", versions[0]["begndate"], err)
	}
	it.To = claim.OpenDay
	if c["enddate"] != "" {
		it.To, err = claim.ParseDay(c["enddate"])
	}
	return err
}
