package fsi

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sync"
)

// OpenAPIPath is where the description of the interface is served, without signature.
const OpenAPIPath = "/fsi/openapi.json"

type obj = map[string]any

// openAPI describes the interface; the nodes' fields are those that the reader reads.
var openAPI = sync.OnceValue(func() []byte {
	b, err := json.Marshal(description())
	if err != nil {
		panic(err) // it consists of constants
	}
	return b
})

func serveOpenAPI(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write(openAPI()) //nolint:errcheck // the caller has gone
}

func ref(name string) obj { return obj{"$ref": "#/components/schemas/" + name} }

// leaf is a field: text or number, null and "" when empty.
var leaf = obj{"type": []string{"string", "number", "boolean", "null"}}

// nodeSchema is an object of the fields of a node; children are its list nodes.
func nodeSchema[T any](fields reads[T], children obj, required ...string) obj {
	props := obj{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		props[name] = leaf
	}
	maps.Copy(props, children)
	return obj{"type": "object", "properties": props, "required": required}
}

// listOf is a node that may be an array, one object, empty, or JSON in a string.
func listOf(of string) obj {
	return obj{"oneOf": []any{obj{"type": "array", "items": ref(of)}, ref(of), obj{"type": []string{"string", "null"}}}}
}

func description() obj {
	body := func(schema obj) obj {
		return obj{"required": true, "content": obj{"application/json": obj{"schema": schema}}}
	}
	answer := func(text string, schema obj) obj {
		return obj{"description": text, "content": obj{"application/json": obj{"schema": schema}}}
	}
	post := func(id, text string, params []any) obj {
		o := obj{"operationId": id, "summary": text, "security": []any{obj{"tif": []string{}}, obj{"bearer": []string{}}}, "requestBody": body(ref("Request")),
			"responses": obj{"200": answer("应答，infcode 为 -1 时看 err_msg", ref("Response")), "default": answer("签名、大小、频率等不合要求，内容同样是应答信封", ref("Response"))}}
		if params != nil {
			o["parameters"] = params
		}
		return obj{"post": o}
	}
	infno := []any{obj{"name": "infno", "in": "path", "required": true, "description": "交易编号", "schema": obj{"type": "string", "examples": slices.Sorted(maps.Keys(known))}}}
	token := obj{"post": obj{"operationId": "token", "summary": "换访问令牌（client_credentials）", "requestBody": obj{"required": true, "content": obj{"application/x-www-form-urlencoded": obj{"schema": obj{
		"type": "object", "required": []string{"grant_type", "client_id", "client_secret"}, "properties": obj{"grant_type": obj{"const": "client_credentials"}, "client_id": leaf, "client_secret": leaf}}}}},
		"responses": obj{"200": answer("令牌", obj{"type": "object", "properties": obj{"access_token": leaf, "token_type": leaf, "expires_in": obj{"type": "integer"}}}), "401": obj{"description": "密钥不对"}}}}
	return obj{
		"openapi": "3.1.0",
		"info":    obj{"title": "明鉴：定点医药机构接口", "version": "1", "description": "国家接口 3101、3102、3103 与结算、明细交易，审核申诉 3701–3704；说明见《医院接入指南》"},
		"paths": obj{
			"/fsi/api/{infno}": post("transaction", "一笔交易，编号在地址里", infno),
			"/mbs/fmi/fsi/api/callFsiService/callService": post("callService", "一笔交易，编号在报文里", nil),
			"/CSB":      post("csb", "一笔交易，经 CSB 网关", nil),
			releasePath: post("release", "现场放行：第一人申请（jr_id、reason_code、reason），第二人同意（release_id）", nil),
			slipPath:    post("slip", "给患者的告知单（jr_id）", nil),
			tokenPath:   token,
		},
		"components": obj{
			"securitySchemes": obj{
				"tif":    obj{"type": "apiKey", "in": "header", "name": "x-tif-signature", "description": "SHA-256(时间戳+密钥+随机数+时间戳)，另带 x-tif-paasid、x-tif-timestamp（秒）、x-tif-nonce"},
				"bearer": obj{"type": "http", "scheme": "bearer"},
			},
			"schemas": schemas(),
		},
	}
}

func schemas() obj {
	texts := func(names ...string) obj {
		props := obj{}
		for _, n := range names {
			props[n] = leaf
		}
		return props
	}
	result := texts(answerNames...)
	delete(result, "jrd_id")
	delete(result, "rx_id")
	delete(result, "vola_item_type")
	result["judge_result_detail_dtos"] = obj{"type": "array", "items": obj{"type": "object", "properties": texts("jrd_id", "patn_id", "mdtrt_id", "rx_id", "vola_item_type", "vola_amt")}}
	result["rule_warn_lv"] = obj{"enum": []string{"1", "2", "3"}, "description": "1 提示 2 须确认 3 拦截"}
	result["dspo_sugg"] = leaf
	return obj{
		"Request":   nodeSchema(envelopeFields(), obj{"input": obj{"description": "按交易：data 节点、feedetail 节点等", "anyOf": []any{obj{"type": "object", "properties": obj{"data": obj{"anyOf": []any{ref("Check"), ref("Feedback"), ref("Settlement"), listOf("Plea"), obj{"type": "object"}}}, "feedetail": listOf("FeeLine")}}, obj{"type": "string"}}}}, "input"),
		"Check":     nodeSchema(dataFields(), obj{"patient_dtos": listOf("Patient")}, "patient_dtos"),
		"Patient":   nodeSchema(patientFields(), obj{"fsi_encounter_dtos": listOf("Encounter")}, "patn_id", "fsi_encounter_dtos"),
		"Encounter": nodeSchema(encounterFields(), obj{"fsi_diagnose_dtos": listOf("Diagnosis"), "fsi_order_dtos": listOf("Order"), "fsi_operation_dtos": listOf("Operation")}, "mdtrt_id"),
		"Diagnosis": nodeSchema(diagnosisFields(), nil), "Order": nodeSchema(orderFields(), nil), "Operation": nodeSchema(operationFields(), nil),
		"Feedback":   obj{"type": "object", "properties": obj{"warn_type": leaf, "warns": listOf("Warn")}, "required": []string{"warns"}},
		"Warn":       nodeSchema(warnFields(), nil, "warn_rslt_id", "dspo_way"),
		"Settlement": nodeSchema(billFields(), nil, "psn_no", "mdtrt_id"),
		"FeeLine":    nodeSchema(lineFields(), nil, "feedetl_sn", "mdtrt_id", "psn_no"),
		"Plea":       pleaSchema(),
		"Standing":   standingSchema(),
		"Result":     obj{"type": "object", "properties": result},
		"Response": obj{"type": "object", "required": []string{"infcode", "inf_refmsgid", "err_msg", "output"}, "properties": obj{"infcode": obj{"enum": []int{0, -1}}, "inf_refmsgid": leaf,
			"refmsg_time": leaf, "respond_time": leaf, "err_msg": leaf, "warn_msg": leaf, "signtype": leaf, "cainfo": leaf, "enctype": leaf,
			"output": obj{"type": "object", "properties": obj{"result": obj{"type": "array", "items": obj{"anyOf": []any{ref("Result"), ref("Standing")}}}, "next_cursor": leaf, "voladetail": obj{"type": "array", "items": obj{"type": "object"}},
				"rule_warn_lv": leaf, "ana_flag": leaf, "release": obj{"type": "object"}, "slip_text": leaf, "slip_html": leaf}}}},
	}
}

// pleaSchema is what a 3701–3704 says of one finding.
func pleaSchema() obj {
	said := func(text string) obj { return obj{"type": leaf["type"], "description": text} }
	list := func(text string) obj {
		return obj{"description": text, "oneOf": []any{leaf, obj{"type": "array", "items": leaf}}}
	}
	return obj{"type": "object", "description": "3701 的条件，或 3702–3704 对一条疑点的内容", "properties": obj{
		"finding_id": said("疑点编号；3702–3704 必填"), "ver": said("看到的版本；写了就核对"), "acpt_flag": said("3702：1 认可"), "appl_rea": said("3702、3703：理由，2 到 4000 字"),
		"line_no": list("3702：申诉的行"), "file_id": list("3704 返回的附件编号"), "file_name": said("3704：文件名"), "file_cont": said("3704：内容，Base64"),
		"node": said("3701：状态"), "rule_id": said("3701：规则"), "setl_ym": said("3701：yyyy-MM"), "mdtrt_id": said("3701：就诊"), "cursor": said("3701：上一页的 next_cursor"), "page_size": said("3701：1 到 200")}}
}

// standingSchema is how a finding stands, in the answers of 3701–3704.
func standingSchema() obj {
	props := obj{}
	for _, n := range []string{"finding_id", "rule_id", "rule_name", "sev_deg", "setl_ym", "mdtrt_id", "setl_id", "psn_no", "vola_cont", "node", "due_date", "vola_amt", "dedu_amt", "fund_amt", "left_days", "ver",
		"retRslt", "msgRslt", "file_id"} {
		props[n] = leaf
	}
	rows := func(names ...string) obj {
		p := obj{}
		for _, n := range names {
			p[n] = leaf
		}
		return obj{"type": "array", "items": obj{"type": "object", "properties": p}}
	}
	props["can"] = obj{"type": "array", "items": obj{"type": "string"}}
	props["lines"] = rows("line_no", "setl_id", "feedetl_sn", "vola_amt", "uphd_amt", "dedu_amt")
	props["files"], props["accts"] = rows("file_id", "file_name"), rows("acct_name", "amt")
	return obj{"type": "object", "properties": props}
}
