package knowledge

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/sheet"
)

// readMap reads one row of code_map. Only codes that mean the same (等同, or no relation named) bring a line to a
// point: a code that holds more or less than the national one must not borrow its limits.
func readMap(t *sheet.Table, row []string) (Mapping, *RowError, string) {
	r := pointRow{cells: t.Cells(row)}
	m := Mapping{
		Src: r.must("src_code"), Dst: r.must("dst_code"), Area: r.cells["admdvs"],
		From: r.day("begndate", FirstDay), To: r.mapEnd(),
	}
	if m.From > m.To {
		r.fail("enddate", "早于 begndate")
	}
	if r.err != nil {
		return m, r.err, ""
	}
	switch rel := r.cells["relation"]; rel {
	case "", "等同":
		return m, nil, ""
	case "包含", "部分":
		return m, nil, "对照关系为“" + rel + "”，不用于找知识点"
	}
	r.fail("relation", "只能是 等同、包含、部分 或空")
	return m, r.err, ""
}

func (r *pointRow) mapEnd() claim.Day {
	if v := r.cells["enddate"]; len(v) >= 4 && v[:4] == "9999" {
		return claim.OpenDay
	}
	return r.day("enddate", claim.OpenDay)
}
