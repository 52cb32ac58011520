package model

import "strings"

// View is an approved view: what models and analysts may read. Keys are integers of one data directory; days count from
// 1970-01-01, seconds likewise without zone, months are year × 12 + month − 1, money is fen, quantities 1/10 000, prices
// 1/1 000 000. Names, certificates and telephone numbers are in none.
type View struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	Columns []ViewColumn `json:"columns"`
}

// ViewColumn is one column of a view.
type ViewColumn struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Title string `json:"title"`
}

// Has tells whether the view has the column.
func (v *View) Has(col string) bool {
	for _, c := range v.Columns {
		if c.Name == col {
			return true
		}
	}
	return false
}

// Views lists the approved views.
func Views() []*View { return views }

// ViewOf returns the view of that name, or nil.
func ViewOf(name string) *View {
	for _, v := range views {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// CreateTable is the statement that makes an empty table of the view's shape: fixtures are written into such tables.
func (v *View) CreateTable() string {
	cols := make([]string, len(v.Columns))
	for i, c := range v.Columns {
		cols[i] = c.Name + " " + c.Type
	}
	return "CREATE TABLE " + v.Name + " (" + strings.Join(cols, ", ") + ")"
}

// view reads "name:title" columns; a type letter stands before the title: i INTEGER, b BIGINT, t TEXT.
func view(name, title, cols string) *View {
	v := &View{Name: name, Title: title}
	for _, f := range strings.Fields(cols) {
		p := strings.SplitN(f, ":", 3)
		v.Columns = append(v.Columns, ViewColumn{p[0], map[string]string{"i": "INTEGER", "b": "BIGINT", "t": "TEXT"}[p[1]], p[2]})
	}
	return v
}

var views = []*View{
	view("inst", "定点机构", `inst:i:机构 kind:i:1医疗机构2药店 level:i:等级3三级2二级1一级0无 cate:i:类别 area:i:所在区划 beds:i:开放床位 grp:i:医共体
		lon:b:经度百万分之一 lat:b:纬度百万分之一`),
	view("person", "参保人", `person:i:参保人 sex:i:1男2女 born:i:出生日 insutype:i:险种310职工390居民 area:i:参保区划 addr_area:i:居住区划 addr:b:住址键 unit:b:单位键`),
	view("staff", "医护人员", `doctor:i:人员 inst:i:机构 dept:i:科室 type:i:1医师2护士3药师4技师5其他 person:i:本人参保人键`),
	view("visit", "就诊", `visit:b:就诊 person:i:参保人 inst:i:机构 setting:i:1门诊2住院3药店4门慢5急诊 insutype:i:险种 area:i:参保区划 day_in:i:入院或就诊日 day_out:i:出院日
		t_in:b:开始秒 t_out:b:结束秒 month:i:月 dept:i:科室 doctor:i:医师 ward:i:病区 bed:i:床 diag:i:主诊断 diag3:i:主诊断前三位 dise:i:慢病病种 adm_way:i:入院方式
		out_way:i:离院方式 agent:b:代办人键 net:i:1互联网 er:i:1急诊 resc:i:1抢救 daysurg:i:1日间手术 plan:i:1计划再入院 course:i:1疗程性 fee:b:总费用分 fund:b:基金分`),
	view("setl", "结算", `setl:b:结算 visit:b:就诊 person:i:参保人 inst:i:机构 setting:i:1门诊2住院3药店4门慢5急诊 insutype:i:险种 area:i:参保区划 day:i:日 t:b:秒 month:i:月
		fee:b:总费用分 fund:b:基金分 acct:b:个账分 mulaid:b:共济分 cash:b:现金分 dev:b:终端键 opter:b:操作员键`),
	view("line", "费用行", `line:b:行 visit:b:就诊 setl:b:结算 person:i:参保人 inst:i:机构 item:i:项目 ltype:i:类别101西药102饮片201诊疗301耗材 chrg:i:收费类别 day:i:日 t:b:秒
		month:i:月 cnt:b:数量万分之一 price:b:单价百万分之一 amt:b:金额分 inscope:b:范围内分 dept:i:科室 doctor:i:开单医师 staff:i:执行人`),
	view("item", "目录项目", `item:i:项目 generic:i:通用名 atc:i:药理分类 ltype:i:类别 vbp:i:1集采中选 nego:i:1谈判药 otc:i:1非处方 rx:i:1处方药 shot:i:1注射给药`),
	view("naming", "院内名称对照", `inst:i:机构 item:i:项目 own_name:t:院内名称 std_name:t:目录名称 sim:i:名称相似度万分之一 first_day:i:首次 n:b:行数 amt:b:金额分`),
	view("diag", "诊断", `visit:b:就诊 diag:i:诊断 diag3:i:前三位 main:i:1主诊断`),
	view("oper", "手术", `visit:b:就诊 oper:i:手术 t0:b:开始秒 t1:b:结束秒 doctor:i:术者 oper_name:t:手术名称`),
	view("implant", "植入条码", `visit:b:就诊 inst:i:机构 item:i:条码登记项目 udi:b:条码键 t:b:使用秒`),
	view("lab", "检验结果", `visit:b:就诊 person:i:参保人 inst:i:机构 report:b:报告键 item:i:指标 val:b:结果键 day:i:采样日 t:b:采样秒`),
	view("exam", "检查报告", `visit:b:就诊 person:i:参保人 inst:i:机构 report:b:报告键 item:i:项目 part:i:部位 day:i:日 t:b:检查秒 doctor:i:检查医师 device:b:设备键
		image:b:影像摘要键 images:i:影像张数`),
	view("exec", "执行记录", `visit:b:就诊 inst:i:机构 item:i:项目 day:i:日 t:b:执行秒 cnt:b:次数万分之一 staff:i:执行人`),
	view("note", "病历文书", `visit:b:就诊 person:i:参保人 inst:i:机构 note:b:文书键 kind:i:类型 day:i:日 doctor:i:书写人 body:t:正文`),
	view("order_text", "医嘱文本", `visit:b:就诊 person:i:参保人 inst:i:机构 item:i:项目 day:i:日 body:t:医嘱名称`),
	view("chronic", "门慢资格", `person:i:参保人 dise:i:病种 day_from:i:起 day_to:i:止 doctor:i:认定医师 day_idet:i:认定日 passed:i:1通过0未通过`),
	view("proof", "门慢认定材料", `person:i:参保人 dise:i:病种 proof:b:材料键 digest:b:材料摘要键 day:i:日 doctor:i:认定医师 body:t:正文`),
	view("rx", "处方", `rx:b:处方键 person:i:参保人 inst:i:开方机构 doctor:i:开方医师 day:i:日 t:b:秒 diag:i:诊断`),
	view("pickup", "取药", `rx:b:处方键 person:i:参保人 shop:i:药店 doctor:i:开方医师 inst:i:开方机构 item:i:项目 day:i:日 cnt:b:数量万分之一 price:b:单价百万分之一 amt:b:金额分 taker:b:取药人键 taker_area:i:取药人区划`),
	view("receipt", "收银小票", `inst:i:药店 setl:b:结算 receipt:b:小票键 line:i:行 goods:t:商品名称 medical:i:1药品0非药 day:i:日 amt:b:金额分`),
	view("box", "追溯码销售", `box:b:追溯码键 setl:b:结算 person:i:参保人 inst:i:机构 item:i:项目 day:i:日 t:b:秒 part:i:1拆零 amt:b:所在行金额分`),
	view("due", "应采集追溯码的药品行", `inst:i:机构 day:i:日 month:i:月 item:i:项目 boxes:b:应采盒数 scanned:b:实采盒数 amt:b:金额分`),
	view("ecode", "医保码激活与展码", `person:i:参保人 device:b:手机键 day:i:日 t:b:秒 act:i:1激活2展码`),
	view("attend", "人员在岗", `doctor:i:人员 inst:i:机构 t0:b:上班秒 t1:b:下班秒`),
	view("place", "区划中心", `area:i:区划 lon:b:经度百万分之一 lat:b:纬度百万分之一`),
	view("calendar", "日历", `day:i:日 dow:i:星期0日6六 rest:i:1休息 holiday:i:1法定节假日 month:i:月`),
}
