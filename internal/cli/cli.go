// Package cli is the command line: it reads flags, calls the packages that do the work and shows progress and results.
// With --json a command writes exactly one JSON value to standard output and everything else to standard error.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit statuses every part relies on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the whole command line.
type commands struct {
	Demo      demoCmd      `cmd:"" help:"造一座示例城市，导入、审核并展示结果"`
	Synth     synthCmd     `cmd:"" help:"造一座带标注的示例城市"`
	Knowledge knowledgeCmd `cmd:"" help:"知识库：导入国家两库表、本地知识点"`
	Import    importCmd    `cmd:"" help:"导入结算、费用等文件"`
	Audit     auditCmd     `cmd:"" help:"审核：按月逐行核对规则"`
	Check     checkCmd     `cmd:"" help:"把一份 3101、3102 报文判一遍，不需要服务在运行"`
	Replay    replayCmd    `cmd:"" help:"回放：把已审核月份写成 3102 报文走一遍事中审核，逐对核对结论"`
	Selfcheck selfcheckCmd `cmd:"" help:"机构自查自纠：用同一套规则判机构自己的文件，结果只留给机构"`
	Findings  findingsCmd  `cmd:"" help:"导出疑点"`
	Explain   explainCmd   `cmd:"" help:"说明一条疑点的来龙去脉"`
	DRG       drgCmd       `cmd:"" name:"drg" help:"按病组付费：分组、说明、方案"`
	DIP       dipCmd       `cmd:"" name:"dip" help:"按病种分值付费：分病种"`
	Payment   paymentCmd   `cmd:"" help:"病组病种付费：逐例应付、月预结、年清算、试算、双控制"`
	Rules     rulesCmd     `cmd:"" help:"规则库：列表、查看、测试、文档"`
	Remind    remindCmd    `cmd:"" help:"事前事中提醒：留痕、统计、效果、规则负责人的待答复"`
	Report    reportCmd    `cmd:"" help:"把疑点写成一页可离线打开的报告"`
	Store     storeCmd     `cmd:"" help:"业务库：状态、疑点入库、建库、换库"`
	Review    reviewCmd    `cmd:"" help:"疑点办理：初审、申诉、复审、合议、终审、执行"`
	Ledger    ledgerCmd    `cmd:"" help:"资金台账：核对、抵扣、拨付、月结"`
	Board     boardCmd     `cmd:"" help:"指标：看板上的各项数字和对比，指标字典"`
	Paper     paperCmd     `cmd:"" help:"文书：告知书、申诉书、合议纪要、确认书、追款通知、全卷"`
	User      userCmd      `cmd:"" help:"用户和角色"`
	Key       keyCmd       `cmd:"" help:"接口密钥"`
	Trail     trailCmd     `cmd:"" help:"操作留痕：查看、核对"`
	Backup    backupCmd    `cmd:"" help:"备份整个数据目录和业务库"`
	Restore   restoreCmd   `cmd:"" help:"从备份恢复到空目录"`
	Serve     serveCmd     `cmd:"" help:"启动服务：接口和健康检查"`
	Online    onlineCmd    `cmd:"" help:"事前事中核对：一键提示、现场放行及复核"`
	Trace     traceCmd     `cmd:"" help:"药品追溯码和进销存：码的一生、拦截、台账、线索"`
	Models    modelsCmd    `cmd:"" help:"大数据模型：列表、运行、评估、查询"`
	Bench     benchCmd     `cmd:"" help:"性能测试"`
	Worker    workerCmd    `cmd:"" hidden:"" help:"在单独的进程里运行模型和查询"`
	OpenAPI   openapiCmd   `cmd:"" name:"openapi" help:"输出接口说明（OpenAPI 3.1），不需要服务在运行"`
	Version   versionCmd   `cmd:"" help:"显示版本"`
}

// streams are what a command reads and writes.
type streams struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	err    io.Writer
	failed bool // done, but not all of it: exit status 1

	child bool   // a server started this program: it reads progress as JSON
	by    string // for whom it did; "" = the account of the machine
}

// childFlags are of commands that a server starts as a child.
type childFlags struct {
	Child bool   `hidden:"" help:"由服务启动：进度写成 JSON 行，标准输入关闭就停"`
	By    string `hidden:"" help:"替哪个用户办理，记入操作留痕"`
}

// begin makes the streams those of a child; end it when the command is done.
func (c *childFlags) begin(s *streams) (end func()) {
	if !c.Child {
		return func() {}
	}
	s.child, s.by = true, c.By
	return s.attached()
}

// json writes the command's one JSON value.
func (s *streams) json(v any) error {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(v)
}

func (s *streams) printf(format string, a ...any) { fmt.Fprintf(s.out, format, a...) }
func (s *streams) note(format string, a ...any)   { fmt.Fprintf(s.err, format, a...) }

// usageError is a wrong use of the command line.
type usageError struct{ error }

// Main runs the command line and returns the exit status: 0 done, 1 failed, 2 wrong usage.
func Main(args []string, in io.Reader, out, errw io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	status := -1
	p, err := kong.New(&c, kong.Name("mingjian"), kong.Description("明鉴：医保基金智能监管。先试 mingjian demo。"),
		kong.Writers(out, errw), kong.Exit(func(code int) { status = code }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errw, "内部错误：", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := p.Parse(args)
	if status >= 0 {
		return status
	}
	if err != nil {
		fmt.Fprintf(errw, "用法有误：%s\n可用 mingjian --help 查看命令，命令后加 --help 查看写法\n", usageWords(err))
		return exitUsage
	}
	s := &streams{ctx: ctx, in: in, out: out, err: errw}
	err = k.Run(s)
	var ue usageError
	switch {
	case errors.As(err, &ue):
		fmt.Fprintf(errw, "用法有误：%v\n", err)
		return exitUsage
	case err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(errw, "失败：被中断，没有做完")
		return exitFailed
	case err != nil:
		fmt.Fprintf(errw, "失败：%s\n", failureWords(err))
		return exitFailed
	case s.failed:
		return exitFailed
	}
	return exitDone
}

// Version is set at build time.
var Version = "dev"

type versionCmd struct{}

func (versionCmd) Run(s *streams) error {
	s.printf("mingjian %s\n", Version)
	return nil
}
