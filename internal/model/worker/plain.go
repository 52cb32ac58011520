package worker

import (
	"fmt"
	"regexp"
	"strings"
)

// said are the kinds of DuckDB's errors as people of a bureau read them; the first that fits is told, with DuckDB's own words behind it.
var said = []struct {
	re   *regexp.Regexp
	text string // $1 is the part in brackets
}{
	{regexp.MustCompile(`max_temp_directory_size|failed to offload`), "临时文件超过上限：请缩小时间范围，或先汇总再连接"},
	{regexp.MustCompile(`Out of Memory`), "内存不够：请缩小时间范围，或先汇总再连接"},
	{regexp.MustCompile(`Permission Error|disabled by configuration|disabled through configuration|is disabled|configuration has been locked`), "不能读写文件、上网或改设置：只能查可用的视图"},
	{regexp.MustCompile(`read-only mode`), "只能查询，不能改数据"},
	{regexp.MustCompile(`Table with name "?([^" ]+)"? does not exist`), "没有名为 $1 的视图：可用的视图见右侧，或 mingjian models views"},
	{regexp.MustCompile(`(?:Table|Scalar|Aggregate|Table Function|Scalar Function)[^\n]*with name "?([^" ]+)"? (?:does not exist|is not in the catalog)`), "没有名为 $1 的函数"},
	{regexp.MustCompile(`Referenced column "([^"]+)" not found`), "没有名为 $1 的列"},
	{regexp.MustCompile(`column "([^"]+)" must appear in the GROUP BY`), "列 $1 要写进 GROUP BY，或放进汇总函数"},
	{regexp.MustCompile(`Parser Error: syntax error at end of input`), "语句没有写完"},
	{regexp.MustCompile(`Parser Error: syntax error at or near "([^"]+)"`), "语句写法有误，在 $1 附近"},
	{regexp.MustCompile(`Parser Error`), "语句写法有误"},
	{regexp.MustCompile(`Conversion Error`), "有的值转换不成要的类型"},
	{regexp.MustCompile(`Out of Range Error`), "算出的数超出范围"},
	{regexp.MustCompile(`Invalid Input Error|Invalid Error`), "给函数的值不对"},
	{regexp.MustCompile(`Binder Error`), "语句有误"},
	{regexp.MustCompile(`(?i)interrupt|context (?:canceled|deadline)`), "已取消"},
}

// plain says an error in Chinese, with the engine's own words in brackets. What is Chinese already stays.
func plain(err error) string {
	s := err.Error()
	for _, x := range said {
		m := x.re.FindStringSubmatchIndex(s)
		if m == nil {
			continue
		}
		told := string(x.re.ExpandString(nil, x.text, s, m))
		own, _, _ := strings.Cut(s, "\n")
		return fmt.Sprintf("%s（%s）", told, cut(own))
	}
	return s
}
