package plan

import (
	"bytes"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian/mingjian/internal/board"
)

const sheetName = "指标"

// workbook writes figures with what each is. Cells hold what people read: amounts with their unit are text, so that nobody adds up what must not be added.
func workbook(title string, ask board.Ask, fs []board.Figure) ([]byte, error) {
	x := excelize.NewFile()
	defer x.Close()
	if err := x.SetSheetName("Sheet1", sheetName); err != nil {
		return nil, err
	}
	rows := [][]any{{title, "", "", "", "对比 " + ask.Against + " " + ask.Period.Before(ask.Against).String()}, {"编号", "指标", "值", "对比期", "增减", "定义"}}
	for i := range fs {
		f := &fs[i]
		means := board.TheDictionary().Get(f.ID).Means
		if f.Missing != "" {
			means = "没有这个数：" + f.Missing
		}
		rows = append(rows, []any{f.ID, f.Name, f.Text(), f.BeforeText(), f.Change(), means})
	}
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return nil, err
		}
		if err := x.SetSheetRow(sheetName, cell, &r); err != nil {
			return nil, err
		}
	}
	for i, w := range []float64{8, 26, 16, 16, 12, 80} {
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		if err := x.SetColWidth(sheetName, col, col, w); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	err := x.Write(&b)
	return b.Bytes(), err
}
