package review_test

import (
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/review"
)

// TestLimitsAreReadAndSaidInYuan: money is kept in fen and nothing is lost between what a person writes and reads.
func TestLimitsAreReadAndSaidInYuan(t *testing.T) {
	of := func(name string) *review.Limit {
		all := review.Limits()
		return &all[slices.IndexFunc(all, func(l review.Limit) bool { return l.Name == name })]
	}
	small := of("小额并包")
	for text, want := range map[string]int64{"100": 10000, "0.07": 7, "1234.5": 123450, "99.990": 9999} {
		if got, err := small.Read(text); err != nil || got != want {
			t.Errorf("%s yuan are %d fen (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0.001", "一百", "1,000"} {
		if got, err := small.Read(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
	if got := small.Say(123450); got != "1234.50 元" {
		t.Errorf("123450 fen are said as %s", got)
	}
	days := of("申诉期限")
	if got, err := days.Read("7"); err != nil || days.Say(got) != "7 "+days.Unit {
		t.Errorf("7 days are %s (%v)", days.Say(got), err)
	}
	if _, err := days.Read("7.5"); err == nil {
		t.Error("half a day is taken")
	}
}
