package calendar_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
)

// TestOwnTable: a bureau's table replaces whole years, is written as it is read, and a bad one changes nothing.
func TestOwnTable(t *testing.T) {
	dir := t.TempDir()
	t.Cleanup(func() {
		if err := calendar.Load(t.TempDir()); err != nil {
			t.Error(err)
		}
	})
	day := claim.DayOf(2027, 10, 8) // a Friday
	if !calendar.Default().Working(day) || calendar.Default().Status(2027) != calendar.Projected {
		t.Fatal("the shipped table is not as this test thinks")
	}
	c, err := calendar.Of(2027, []calendar.Entry{{Day: day, Name: "国庆节"}, {Day: claim.DayOf(2027, 10, 9), Work: true, Name: "国庆节调休"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, calendar.FileName)
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := calendar.Load(dir); err != nil {
		t.Fatal(err)
	}
	now := calendar.Default()
	if now.Working(day) || !now.Working(day+1) || now.Status(2027) != calendar.Announced || !now.Working(claim.DayOf(2027, 10, 4)) || len(now.Year(2027)) != 2 {
		t.Errorf("2027 is %v", now.Year(2027))
	}
	if now.Status(2026) != calendar.Announced || len(now.Year(2026)) < 10 {
		t.Error("another year was lost")
	}
	if err := os.WriteFile(file, []byte("日期,休或班,名称,来源\n2027-10-07,班,国庆,已公布\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := calendar.Load(dir); err == nil || !strings.Contains(err.Error(), "第 2 行") || !strings.Contains(err.Error(), calendar.FileName) {
		t.Errorf("a bad table: %v", err)
	}
	if calendar.Default().Working(day) {
		t.Error("a bad table changed the calendar")
	}
	if _, err := calendar.Of(2027, []calendar.Entry{{Day: claim.DayOf(2026, 1, 1)}}); err == nil {
		t.Error("a day of another year was taken")
	}
}
