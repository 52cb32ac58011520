package modeldesk

import (
	"testing"

	"github.com/mingjian/mingjian/internal/model"
)

// Rows whose lines name no doctor or no item keep the names they came with.
func TestLinesWithoutNamesKeepTheRowsNames(t *testing.T) {
	rows := []model.Row{{Inst: "H1", Item: "X1", Doctor: "D1"}}
	had := &model.Names{Insts: map[string]string{"H1": "一院"}, Doctors: map[string]string{"D1": "张三"}, Items: map[string]string{"X1": "阿莫西林"}}
	for _, found := range []*model.Names{{}, {Items: map[string]string{"X2": "别的"}}, {Doctors: map[string]string{"D2": "别人"}}} {
		b := &behind{of: map[model.Want]*model.Bills{}, names: found}
		got := b.put(rows, "2025-12", had)
		if got == nil || got.Insts["H1"] != "一院" || got.Doctors["D1"] != "张三" || got.Items["X1"] != "阿莫西林" {
			t.Errorf("with %+v: %+v", found, got)
		}
	}
}
