package lake

import (
	"fmt"
	"strings"
)

// String is the report as people read it.
func (r *Report) String() string {
	var b strings.Builder
	var total FileReport
	for i := range r.Files {
		f := &r.Files[i]
		if f.Error != "" {
			fmt.Fprintf(&b, "%s：没有导入。%s\n", f.File, f.Error)
			continue
		}
		fmt.Fprintf(&b, "%s → %s：读入 %d 行，落地 %d，已有 %d，更正 %d，作废 %d，拒收 %d", f.File, f.Table, f.Rows, f.Landed, f.Known, f.Corrected, f.Withdrawn, f.Rejected)
		if f.Waiting > 0 {
			fmt.Fprintf(&b, "，等待就诊信息 %d", f.Waiting)
		}
		if f.Note != "" {
			fmt.Fprintf(&b, "（%s）", f.Note)
		}
		b.WriteByte('\n')
		if len(f.Unknown) > 0 {
			fmt.Fprintf(&b, "  不认识、没有采用的列：%s\n", strings.Join(f.Unknown, "、"))
		}
		total.Rows, total.Landed, total.Known, total.Rejected = total.Rows+f.Rows, total.Landed+f.Landed, total.Known+f.Known, total.Rejected+f.Rejected
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(&b, "跳过 %s\n", s)
	}
	fmt.Fprintf(&b, "合计：读入 %d 行，落地 %d，已有 %d，拒收 %d，用时 %.1f 秒\n", total.Rows, total.Landed, total.Known, total.Rejected, r.Seconds)
	if r.Persons > 0 {
		fmt.Fprintf(&b, "合并为同一人的人员编号 %d 个\n", r.Persons)
	}
	for _, f := range r.Flags {
		fmt.Fprintf(&b, "质量提示 %s\n", f.text())
	}
	for _, f := range r.Rejects {
		fmt.Fprintf(&b, "拒收的行连同原因在 %s\n", f)
	}
	if len(r.Months) > 0 {
		fmt.Fprintf(&b, "需要（重新）审核的月份：%s\n", strings.Join(r.Months, "、"))
	}
	return b.String()
}

// text is a flag with its count and the first sample.
func (f *Flag) text() string {
	s := fmt.Sprintf("%s（表 %s）：%d 行", f.Name, f.Table, f.Count)
	if len(f.Samples) > 0 {
		x := &f.Samples[0]
		s += fmt.Sprintf("，例如 %s 第 %d 行 %s=%q", x.File, x.Row, x.Field, x.Value)
	}
	return s
}
