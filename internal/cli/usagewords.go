package cli

import "regexp"

// usageForms are the forms in which the library that reads command lines says what is wrong with one, and the same in Chinese.
var usageForms = []struct {
	form *regexp.Regexp
	say  string
}{
	{regexp.MustCompile(`^unknown flag ([^\s,]+)(.*)`), "没有 $1 这个选项$2"},
	{regexp.MustCompile(`^unexpected argument ("?)(.*?)("?)(, did you mean .*)?$`), "多写了“$2”$4"},
	{regexp.MustCompile(`^unexpected flag argument (.*)`), "这个选项后面不写值：$1"},
	{regexp.MustCompile(`^unexpected token (.*)`), "看不懂 $1"},
	{regexp.MustCompile(`^missing flags: (.*)`), "缺少选项 $1"},
	{regexp.MustCompile(`^missing positional arguments (.*)`), "缺少 $1"},
	{regexp.MustCompile(`^expected one of (.*)`), "要写其中一个命令：$1"},
	{regexp.MustCompile(`^expected (.*)`), "缺少 $1"},
	{regexp.MustCompile(`^(\S+) must be one of (.*) but got (.*)`), "$1 写作 $3，只能是 $2"},
	{regexp.MustCompile(`^(\S+): (?:missing value, expecting .*|expected \S+ value but got "EOL".*)`), "$1 后面要写值"},
	{regexp.MustCompile(`^(\S+) and (\S+) can't be used together`), "$1 和 $2 只写一样"},
	{regexp.MustCompile(`^(\S+): expected a valid (?:\S+ )*int(?:eger)? but got (.*)`), "$1 写作 $2，应为整数"},
	{regexp.MustCompile(`, did you mean (?:one of )?(.*)\?`), "；是不是 $1？"},
}

// usageWords says in Chinese what is wrong with a command line.
func usageWords(err error) string {
	s := err.Error()
	for _, f := range usageForms {
		s = f.form.ReplaceAllString(s, f.say)
	}
	return s
}
