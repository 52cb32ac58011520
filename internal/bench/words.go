package bench

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// settings turns allowed ways of care ("住院|急诊") into the bits of claim.Setting.
func settings(allow string) int32 {
	var s claim.Setting
	for _, a := range strings.Split(allow, "|") {
		switch a {
		case "住院":
			s |= claim.Inpatient
		case "急诊":
			s |= claim.EmergencyCare
		case "抢救":
			s |= claim.RescueCare
		case "门诊":
			s |= claim.Outpatient
		case "生育":
			s |= claim.Maternity
		}
	}
	return int32(s)
}

// unitName folds the spellings of one unit.
func unitName(s string) string {
	switch s {
	case "天", "床日", "每日", "/日":
		return "日"
	case "时", "h", "每小时", "/小时":
		return "小时"
	case "每次", "/次":
		return "次"
	}
	return s
}

// isExternal tells drugs for external use, which have no days of supply (规则口径 "天数").
func isExternal(s string) bool {
	for _, f := range []string{"外用", "滴", "喷", "吸入", "贴", "膏", "栓", "洗"} {
		if strings.Contains(s, f) {
			return true
		}
	}
	return false
}

// timesPerDay reads how often a day a drug is taken, in 1/10 000; 0 when it cannot be told.
func timesPerDay(s string) int64 {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "qd", "qn", "每日一次", "每天一次", "一日一次", "1日1次", "每晚一次":
		return 10_000
	case "bid", "q12h", "每日两次", "每日二次", "一日两次", "一日二次", "1日2次":
		return 20_000
	case "tid", "q8h", "每日三次", "一日三次", "1日3次":
		return 30_000
	case "qid", "q6h", "每日四次", "一日四次", "1日4次":
		return 40_000
	case "qod", "隔日一次":
		return 5_000
	}
	if n, err := claim.ParseDecimal(s, 4); err == nil && n > 0 {
		return n
	}
	return 0
}
