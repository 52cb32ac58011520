package cli

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"

	"github.com/mingjian/mingjian/internal/online/told"
	"github.com/mingjian/mingjian/internal/store"
)

// toldOf reads what was told of findings, by finding_id; none when the data directory has no store yet. A finding without a
// row was never sent.
func toldOf(s *streams, dir, given string, ids []string) (map[string]store.Told, error) {
	there, err := hasStore(dir, given)
	if err != nil || !there {
		return map[string]store.Told{}, err
	}
	var out map[string]store.Told
	err = withOffice(s, dir, given, func(o *office) error {
		return o.db.View(s.ctx, func(tx *store.Tx) (err error) { out, err = tx.ToldOf(ids); return err })
	})
	return out, err
}

// saidOf is what was told of a finding, as a clerk reads it.
func saidOf(t store.Told) string {
	if t.Finding == "" {
		return told.Unsent + "：就诊期间没有经事前事中审核上传"
	}
	parts := []string{t.Told}
	if t.Call != "" {
		parts = append(parts, "调用 "+t.Call+"（"+clock(t.CallAt)+"）")
	}
	if t.JrID != "" {
		parts = append(parts, "提醒 "+t.JrID)
	}
	if t.Choice != "" {
		parts = append(parts, "答复："+t.Choice)
	}
	if t.Missing != "" {
		parts = append(parts, t.Missing)
	}
	if told.Blocks(t) {
		parts = append(parts, "已交规则负责人，不追款")
	}
	return strings.Join(parts, "；")
}

// addTold appends to a findings export in CSV what was told of each finding.
func addTold(w io.Writer, export *bytes.Buffer, by map[string]store.Told) error {
	r := csv.NewReader(export)
	c := csv.NewWriter(w)
	for line := 0; ; line++ {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		more := []string{"told", "told_call", "told_time", "told_choice", "told_missing"}
		if line > 0 {
			t, ok := by[row[0]]
			if !ok {
				t.Told = told.Unsent
			}
			more = []string{t.Told, t.Call, clock(t.CallAt), t.Choice, t.Missing}
		}
		if err := c.Write(append(row, more...)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
