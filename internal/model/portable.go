package model

import (
	"fmt"
	"regexp"
	"strings"
)

// foreign are words of one vendor's dialect, and functions that reach beyond the data.
var foreign = map[string]string{
	"qualify": "改用子查询过滤窗口函数的结果", "asof": "改用不等式连接加窗口函数", "exclude": "逐列写出", "replace": "用 CASE", "ilike": "用整数键比较",
	"pivot": "改用 CASE 加聚合", "unpivot": "改用 UNION ALL", "struct": "不用复合类型", "unnest": "不用数组", "list": "不用数组", "array": "不用数组",
	"array_agg": "不用数组", "lambda": "不用函数式写法", "sample": "不抽样", "tablesample": "不抽样", "semi": "改用 EXISTS", "anti": "改用 NOT EXISTS",
	"any_value": "改用 MIN 或 MAX", "arg_max": "改用窗口函数", "arg_min": "改用窗口函数", "max_by": "改用窗口函数", "min_by": "改用窗口函数", "mode": "改用窗口函数",
	"median": "改用 PERCENTILE_CONT(0.5) WITHIN GROUP", "quantile": "改用 PERCENTILE_CONT", "quantile_cont": "改用 PERCENTILE_CONT", "strftime": "日期用整数",
	"date_trunc": "日期用整数", "extract": "日期用整数", "now": "运行时刻不进模型", "current_date": "运行时刻不进模型", "current_timestamp": "运行时刻不进模型",
	"random": "结果必须可重复", "rand": "结果必须可重复", "try_cast": "用 CAST", "regexp_matches": "用整数键比较", "generate_series": "只在样例里用",
	"range_agg": "不用数组", "float": "金额用整数，比例用 1.0 *", "real": "比例用 1.0 *", "insert": "模型只读", "update": "模型只读", "delete": "模型只读",
	"create": "模型只读", "drop": "模型只读", "alter": "模型只读", "attach": "模型只读视图", "copy": "模型只读视图", "pragma": "模型只读视图", "set": "模型只读视图",
	"install": "模型只读视图", "load": "模型只读视图", "call": "模型只读视图", "export": "模型只读视图", "import": "模型只读视图", "natural": "写明连接条件",
	"lateral": "改用连接", "limit": "结果不截断", "fetch": "结果不截断", "offset": "结果不截断",
}

var reaching = regexp.MustCompile(`(?i)\b(read_\w+|parquet_\w+|sniff_csv|glob|duckdb_\w+|pragma_\w+|pg_\w+|sqlite_\w+|query|query_table|getenv|getvariable|current_setting|information_schema|lo_\w+|dblink\w*|\w+_logging|write_log|(?:force_)?checkpoint|\w+_scan|\w+_attach)\b`)

var sqlTrick = []struct {
	re   *regexp.Regexp
	what string
}{
	{regexp.MustCompile(`::`), "不用 :: 转换类型，用 CAST(… AS …)"},
	{regexp.MustCompile(`//`), "不用 // 整除：写成 CAST(FLOOR(1.0 * a / b) AS BIGINT)"},
	{regexp.MustCompile(`(?i)\bgroup\s+by\s+all\b`), "不用 GROUP BY ALL，逐列写出"},
	{regexp.MustCompile(`(?i)\border\s+by\s+all\b`), "不用 ORDER BY ALL，逐列写出"},
	{regexp.MustCompile(`(?i)\bselect\s+(distinct\s+)?\*`), "不用 SELECT *，逐列写出"},
	{regexp.MustCompile(`(?i)\bdistinct\s+on\b`), "不用 DISTINCT ON，用窗口函数"},
	{regexp.MustCompile("[`\\[\\]{}^~#@!?\\\\]|->|[^|]\\|[^|]"), "用了某一家数据库才有的符号（不等用 <>）"},
	{regexp.MustCompile(`==`), "等于只写一个 ="},
	{regexp.MustCompile(`(?i)\binterval\b|\btimestamp\b|\bdate\b`), "日期用整数天，时刻用整数秒"},
	{regexp.MustCompile(`"`), "列名不加引号"},
	{regexp.MustCompile(`;`), "只能有一条语句，不写分号"},
}

var (
	words    = regexp.MustCompile(`[A-Za-z_]\w*`)
	divides  = regexp.MustCompile(`/`)
	orders   = regexp.MustCompile(`(?is)\border\s+by\b`)
	readOnly = regexp.MustCompile(`(?is)^\s*(select|with)\b`)
)

// CheckSQL says in Chinese what keeps a statement from running on more than one database, or reaches beyond the approved
// views. An empty answer means portable. Windows and aggregates that order must say where NULLs go.
func CheckSQL(sql string) (bad []string) {
	s := bare(sql)
	if !readOnly.MatchString(s) {
		bad = append(bad, "只能是一条 SELECT 或 WITH 查询")
	}
	if m := reaching.FindString(s); m != "" {
		bad = append(bad, fmt.Sprintf("不能用 %s：模型只读可用的视图", m))
	}
	for _, t := range sqlTrick {
		if m := t.re.FindString(s); m != "" {
			bad = append(bad, fmt.Sprintf("%s（见 %q）", t.what, m))
		}
	}
	said := map[string]bool{}
	for _, w := range words.FindAllString(s, -1) {
		l := strings.ToLower(w)
		if hint := foreign[l]; hint != "" && !said[l] {
			bad, said[l] = append(bad, fmt.Sprintf("不能用 %s：%s", w, hint)), true
		}
	}
	for _, at := range divides.FindAllStringIndex(s, -1) {
		if !wholeQuotient(s[:at[0]]) {
			bad = append(bad, "除法前要写 1.0 *，整数相除各家数据库不同（见 "+strings.TrimSpace(s[max(0, at[0]-24):at[1]])+"）")
		}
	}
	for _, at := range orders.FindAllStringIndex(s, -1) {
		if end := clauseEnd(s[at[1]:]); !strings.Contains(strings.ToLower(end), "nulls") {
			bad = append(bad, "ORDER BY 要写明 NULLS FIRST 或 NULLS LAST（见 ORDER BY"+end+"）")
		}
	}
	return bad
}

// wholeQuotient tells whether the dividend just before a division says that it is no integer: 1.0 * somewhere in its
// factor chain, on the same nesting.
func wholeQuotient(before string) bool {
	depth := 0
	for i := len(before) - 1; i >= 0; i-- {
		switch before[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth < 0 {
				return strings.Contains(before[i:], "1.0 *")
			}
		case ',':
			if depth == 0 {
				return strings.Contains(before[i:], "1.0 *")
			}
		}
		if depth == 0 && i+5 <= len(before) && before[i:i+5] == "1.0 *" {
			return true
		}
	}
	return false
}

// clauseEnd is what follows ORDER BY up to the end of its parenthesis.
func clauseEnd(s string) string {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return s[:i]
			}
		}
	}
	return s
}
