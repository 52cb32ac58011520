package cli

// demoDeed is something somebody does to a case, so many working days before today.
type demoDeed struct {
	ago int
	do  string
}

// demoTrack is the way of a case through the loop up to today. How often it is taken, and whether the institution must have a user
// because it answers, stand beside it.
type demoTrack struct {
	name  string
	own   bool // the institution answers
	big   bool // above the sum that needs two persons to dismiss
	deeds []demoDeed
}

// demoTracks lead into every state, with clocks that have just begun, that run out soon and that have run out.
var demoTracks = []demoTrack{
	{name: "待初审", deeds: []demoDeed{{3, "take"}}},
	{name: "申诉期内", own: true, deeds: []demoDeed{{14, "take"}, {12, "keep"}, {7, "send"}, {5, "sign"}, {3, "relay"}}},
	{name: "待复审", own: true, deeds: []demoDeed{{22, "take"}, {20, "keep"}, {14, "send"}, {12, "sign"}, {6, "attach"}, {6, "appeal"}}},
	{name: "执行中", own: true, deeds: []demoDeed{{32, "take"}, {30, "keep"}, {28, "send"}, {26, "sign"}, {22, "accept"}, {20, "confirm"}, {17, "book"}}},
	{name: "待合议表决", own: true, deeds: []demoDeed{{36, "take"}, {34, "keep"}, {31, "send"}, {29, "sign"}, {22, "attach"}, {22, "appeal"}, {13, "refer"}, {11, "convene"}, {7, "vote1"}, {5, "vote2"}}},
	{name: "待终审", own: true, deeds: []demoDeed{{18, "take"}, {16, "keep"}, {12, "send"}, {10, "sign"}, {3, "accept"}}},
	{name: "办结收回", own: true, deeds: []demoDeed{{60, "take"}, {58, "keep"}, {55, "send"}, {53, "sign"}, {48, "accept"}, {46, "confirm"}, {44, "book"}, {35, "paid"}, {33, "received"}, {33, "refunded"}, {32, "finish"}}},
	{name: "快到期的初审", deeds: []demoDeed{{9, "take"}}},
	{name: "超期的初审", deeds: []demoDeed{{13, "take"}}},
	{name: "排除复核", big: true, deeds: []demoDeed{{6, "take"}, {3, "dismiss"}}},
	{name: "送达中", deeds: []demoDeed{{8, "take"}, {6, "keep"}, {2, "send"}}},
	{name: "快到期的申诉", own: true, deeds: []demoDeed{{20, "take"}, {15, "keep"}, {11, "send"}, {9, "sign"}, {4, "extension"}}},
	{name: "补充材料", own: true, deeds: []demoDeed{{28, "take"}, {26, "keep"}, {22, "send"}, {20, "sign"}, {13, "appeal"}, {3, "ask"}}},
	{name: "复审告知", own: true, deeds: []demoDeed{{27, "take"}, {25, "keep"}, {21, "send"}, {19, "sign"}, {10, "appeal"}, {1, "uphold"}}},
	{name: "二次申诉", own: true, deeds: []demoDeed{{28, "take"}, {26, "keep"}, {22, "send"}, {20, "sign"}, {12, "appeal"}, {5, "uphold"}, {3, "signresult"}}},
	{name: "二次申诉后待终审", own: true, deeds: []demoDeed{{30, "take"}, {28, "keep"}, {25, "send"}, {23, "sign"}, {17, "appeal"}, {9, "uphold"}, {7, "signresult"}, {3, "second"}}},
	{name: "移交行政", own: true, deeds: []demoDeed{{31, "take"}, {29, "keep"}, {25, "send"}, {23, "sign"}, {17, "accept"}, {13, "handover"}}},
	{name: "复审撤销", own: true, deeds: []demoDeed{{42, "take"}, {41, "keep"}, {37, "send"}, {35, "sign"}, {29, "attach"}, {29, "appeal"}, {23, "withdraw"}}},
	{name: "合议撤销", own: true, deeds: []demoDeed{{50, "take"}, {49, "keep"}, {46, "send"}, {44, "sign"}, {39, "appeal"}, {34, "refer"}, {31, "convene"}, {29, "fine1"}, {28, "fine2"}, {27, "fine3"}, {25, "conclude"}}},
	{name: "暂停计时", own: true, deeds: []demoDeed{{24, "take"}, {23, "keep"}, {18, "send"}, {16, "sign"}, {9, "appeal"}, {4, "pause"}}},
	{name: "逾期视为认可", deeds: []demoDeed{{30, "take"}, {29, "keep"}, {28, "send"}, {11, "confirm"}}},
	{name: "部分缴款", own: true, deeds: []demoDeed{{45, "take"}, {43, "keep"}, {40, "send"}, {38, "sign"}, {31, "accept"}, {28, "confirm"}, {26, "book"}, {12, "part"}}},
	{name: "移交后办结", own: true, deeds: []demoDeed{{55, "take"}, {54, "keep"}, {50, "send"}, {48, "sign"}, {43, "accept"}, {40, "handover"}, {14, "adminclose"}}},
	{name: "误发撤回", own: true, deeds: []demoDeed{{26, "take"}, {24, "keep"}, {22, "send"}, {19, "recall"}}},
	{name: "待发出", deeds: []demoDeed{{4, "take"}, {1, "keeplate"}}},
}

// demoWords are what people say: by what they do, one after the other.
var demoWords = map[string][]string{
	"keep":       {"费用明细与限定条件不符，保留", "核对诊断和医嘱，未见例外情形，保留", "同一天重复收取，保留"},
	"dismiss":    {"病程记录写明指征，属合理诊疗", "机构上传的时间有误，更正后不成立"},
	"appeal":     {"该患者病情有特殊指征，病历已记录，请复核", "系统对码错误，实际使用的是目录内项目", "收费单位换算有误，数量并未超出"},
	"second":     {"对复审结果仍有异议，补充了上级医师查房记录"},
	"accept":     {"经核实属实，认可", "已整改，认可扣款"},
	"ask":        {"请补充手术记录和长期医嘱单"},
	"uphold":     {"申诉材料不能说明例外情形，维持", "所附病历与收费日期对不上，维持"},
	"withdraw":   {"病历显示符合限定支付范围，予以撤销"},
	"refer":      {"涉及临床判断，提请合议"},
	"confirm":    {"事实清楚，依据适用，确认违规"},
	"handover":   {"涉嫌虚构服务，移交行政部门处理"},
	"pause":      {"等待就医地协查回函"},
	"recall":     {"规则参数更正前误发，整包撤回"},
	"extension":  {"涉及病历较多，申请延期 3 个工作日"},
	"relay":      {"请说明当时的用药指征，并附医嘱截图"},
	"vote":       {"收费依据不足，认定违规", "指南未推荐该用法，认定违规"},
	"fine":       {"符合诊疗规范，不认定违规", "指征明确，不认定违规", "超出部分有病情依据，不认定违规"},
	"conclude":   {"合议组认为该用法有指南依据，病历记录完整，不认定违规。少数意见：无。"},
	"adminclose": {"行政处理完毕，违规金额已由行政追回"},
}
