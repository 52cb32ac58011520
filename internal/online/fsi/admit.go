package fsi

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online"
)

// body reads a request's body within the limit, unpacked, and its character set.
func (s *server) body(w http.ResponseWriter, r *http.Request) (body []byte, charset string, bad *Fault) {
	if r.Method != http.MethodPost {
		return nil, "", fault(WrongMethod, "请用 POST，收到 %s", r.Method)
	}
	if charset, bad = contentType(r.Header.Get("Content-Type")); bad != nil {
		return nil, "", bad
	}
	limit := int64(s.Limits.Bytes)
	if r.ContentLength > limit { // not waited for
		return nil, "", tooBig(limit)
	}
	var from io.Reader = http.MaxBytesReader(w, r.Body, limit+1)
	switch enc := strings.ToLower(r.Header.Get("Content-Encoding")); enc {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(from)
		if err != nil {
			return nil, "", fault(WrongType, "Content-Encoding 写的是 gzip，内容却不是")
		}
		defer z.Close()
		from = z
	default:
		return nil, "", fault(WrongType, "Content-Encoding %s 不收，请用 gzip 或不压缩", short(enc))
	}
	body, err := readAll(from, limit+1, r.ContentLength)
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over), int64(len(body)) > limit:
		return nil, "", tooBig(limit)
	case err != nil:
		return nil, "", fault(Truncated, "报文没有收全：%d 字节后中断", len(body))
	}
	return body, charset, nil
}

func tooBig(limit int64) *Fault {
	return fault(TooBig, "报文超过上限 %d 字节（解压后）", limit)
}

func readAll(from io.Reader, limit, expect int64) ([]byte, error) {
	if expect <= 0 || expect > 1<<20 {
		return io.ReadAll(io.LimitReader(from, limit))
	}
	buf := make([]byte, 0, expect+1)
	from = io.LimitReader(from, limit)
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := from.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

// contentType takes JSON, text and nothing; of the character sets UTF-8 and the national ones.
func contentType(header string) (charset string, bad *Fault) {
	if header == "" {
		return "", nil
	}
	kind, params, err := mime.ParseMediaType(header)
	if err != nil {
		return "", fault(WrongType, "Content-Type %q 读不懂，请写 application/json", short(header))
	}
	switch {
	case kind == "application/json", kind == "text/json", kind == "text/plain", strings.HasSuffix(kind, "+json"):
	default:
		return "", fault(WrongType, "Content-Type %s 不收，请写 application/json", short(kind))
	}
	switch charset = strings.ToLower(params["charset"]); charset {
	case "", "utf-8", "utf8":
		return "", nil
	case "gbk", "gb2312", "gb18030":
		return charset, nil
	}
	return "", fault(WrongType, "字符集 %s 不收，请用 UTF-8 或 GB18030", short(charset))
}

// admit tells who calls: by the gateway's signature, a CSB gateway's, or a bearer's token.
func (s *server) admit(r *http.Request, body []byte, now time.Time) (*auth.Identity, *Fault) {
	h, ctx := r.Header, r.Context()
	var who *auth.Identity
	var err error
	switch {
	case header(h, "x-tif-paasid", "x-tif-signature", "x-tif-timestamp", "x-tif-nonce"):
		who, err = s.Gate.TIF(ctx, h.Get("x-tif-paasid"), h.Get("x-tif-timestamp"), h.Get("x-tif-nonce"), h.Get("x-tif-signature"), now)
	case header(h, "_api_access_key", "_api_signature"):
		who, err = s.Gate.CSB(ctx, csbParams(r), first(h, "_api_signature"), body, now)
	case h.Get("Authorization") != "":
		token, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
		if !ok {
			return nil, fault(Unsigned, "Authorization 应写 Bearer 加访问令牌")
		}
		who, err = s.Gate.Bearer(ctx, strings.TrimSpace(token), now)
	default:
		return nil, fault(Unsigned, "请求没有签名：请带 x-tif-paasid、x-tif-timestamp、x-tif-nonce、x-tif-signature")
	}
	if err != nil {
		return nil, s.denied(ctx, err, now)
	}
	if s.Limit != nil {
		if wait, ok := s.Limit.Take(who.Name, now); !ok {
			return nil, fault(TooOften, "这个密钥的请求太密，请 %d 毫秒后再发", wait.Milliseconds()+1)
		}
	}
	return who, nil
}

func (s *server) denied(ctx context.Context, err error, now time.Time) *Fault {
	switch {
	case errors.Is(err, auth.ErrUnsigned):
		return fault(Unsigned, "%v", err)
	case errors.Is(err, auth.ErrDenied):
		return fault(Forged, "密钥编号或签名不对，或密钥已作废")
	case errors.Is(err, auth.ErrExpired):
		return fault(Expired, "%v；服务器时间 %s", err, now.In(china).Format(time.DateTime))
	case errors.Is(err, auth.ErrReplayed):
		return fault(Replayed, "%v", err)
	}
	s.Log.ErrorContext(ctx, "signature could not be checked", "err", err)
	return fault(Failed, "暂时不能核对签名，请先放行，稍后补传")
}

// header tells whether one of the headers is there.
func header(h http.Header, names ...string) bool {
	for _, n := range names {
		if first(h, n) != "" {
			return true
		}
	}
	return false
}

// first reads a header whose name net/http does not bring into its own form, as the CSB gateway's with underscores.
func first(h http.Header, name string) string {
	if v := h.Get(name); v != "" {
		return v
	}
	for k, v := range h {
		if strings.EqualFold(k, name) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// csbParams are what a CSB gateway signs: its four headers and the parameters of the address.
func csbParams(r *http.Request) map[string]string {
	p := map[string]string{}
	for k, v := range r.URL.Query() {
		p[k] = strings.Join(v, ",")
	}
	for _, k := range []string{"_api_name", "_api_version", "_api_access_key", "_api_timestamp"} {
		p[k] = first(r.Header, k)
	}
	return p
}

// scope checks that the key may speak for every institution that the message speaks as: the envelope's, and those of encounters with
// current orders. Encounters of other institutions may be sent as context.
func scope(who *auth.Identity, m *Message) *Fault {
	if m.Inst == "" && who.Scope.Inst != "" {
		m.Inst = who.Scope.Inst
		m.fillInst()
	}
	if bad := speaks(who, m.Admdvs, m.Inst, "fixmedins_code"); bad != nil {
		return bad
	}
	q := m.Request
	if m.Bill != nil {
		q = m.Bill.Request
	}
	if q == nil {
		return nil
	}
	q.Key = who.Name
	for i := range q.Patients {
		p := &q.Patients[i]
		for j := range p.Encounters {
			e := &p.Encounters[j]
			if e.Inst != m.Inst && (e.ID == p.Current || current(e)) {
				return &Fault{Code: OtherScope, Path: fmt.Sprintf("input.data.patient_dtos[%d].fsi_encounter_dtos[%d].medins_id", i, j),
					Text: fmt.Sprintf("本次就诊的机构 %s 与报文的机构 %s 不一致", short(e.Inst), short(m.Inst))}
			}
		}
	}
	return nil
}

func current(e *online.Encounter) bool {
	for i := range e.Orders {
		if e.Orders[i].Current {
			return true
		}
	}
	return false
}

// fillInst gives encounters without institution the envelope's, when that came late.
func (m *Message) fillInst() {
	q := m.Request
	if m.Bill != nil {
		q = m.Bill.Request
	}
	if q == nil {
		return
	}
	q.Inst = m.Inst
	for i := range q.Patients {
		for j := range q.Patients[i].Encounters {
			if e := &q.Patients[i].Encounters[j]; e.Inst == "" {
				e.Inst = m.Inst
			}
		}
	}
}

func speaks(who *auth.Identity, admdvs, inst, path string) *Fault {
	if inst == "" {
		return &Fault{Code: Missing, Path: path, Text: "没有机构编码"}
	}
	if who.Scope.Inst != "" {
		if inst != who.Scope.Inst {
			return &Fault{Code: OtherScope, Path: path, Text: fmt.Sprintf("这个密钥不能代表机构 %s", short(inst))}
		}
		return nil // the key names the institution: its division is not the caller's to say
	}
	if a := areaOf(inst); !strings.HasPrefix(admdvs, who.Scope.Admdvs) || (a != "" && !strings.HasPrefix(a, who.Scope.Admdvs)) {
		return &Fault{Code: OtherScope, Path: path, Text: fmt.Sprintf("这个密钥只能代表区划 %s 的机构，报文是 %s 的 %s", who.Scope.Admdvs, short(admdvs), short(inst))}
	}
	return nil
}

// areaOf is the division in an institution's code (H or P, then six digits), "" when the code has another form.
func areaOf(inst string) string {
	if len(inst) == 12 && (inst[0] == 'H' || inst[0] == 'P') && strings.Trim(inst[1:7], "0123456789") == "" {
		return inst[1:7]
	}
	return ""
}
