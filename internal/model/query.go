package model

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// mostQuery is how many characters an analyst's statement may have.
const mostQuery = 20_000

var (
	fileNames = regexp.MustCompile(`(?i)\b(from|join)\s*\(?\s*(''|"[^"]*[./\\:*][^"]*")`)
	dollars   = regexp.MustCompile(`\$\w*\$`)
)

// CheckQuery refuses an analyst's statement that is no single SELECT or names what reaches beyond the approved views. The
// worker's locks hold without it; this says in plain words what is wrong.
func CheckQuery(sql string) error {
	if n := utf8.RuneCountInString(sql); n > mostQuery {
		return fmt.Errorf("语句太长：有 %d 个字符，最多 %d 个", n, mostQuery)
	}
	if strings.ContainsRune(sql, 0) || !utf8.ValidString(sql) {
		return fmt.Errorf("语句里有不是文字的字节")
	}
	s := bare(sql)
	if strings.TrimSpace(s) == "" {
		return fmt.Errorf("没有语句：请写一条 SELECT")
	}
	if !readOnly.MatchString(s) {
		return fmt.Errorf("只能查询：语句要以 SELECT 或 WITH 开头")
	}
	if dollars.MatchString(s) {
		return fmt.Errorf("不能用 $$ 引文字：请用单引号")
	}
	if strings.Contains(strings.TrimRight(strings.TrimSpace(s), ";"), ";") {
		return fmt.Errorf("一次只能一条语句")
	}
	if m := reaching.FindString(s); m != "" {
		return fmt.Errorf("不能用 %s：只能查可用的视图", m)
	}
	if fileNames.MatchString(s) {
		return fmt.Errorf("FROM 后面只能写视图的名字，不能写文件")
	}
	return nil
}
