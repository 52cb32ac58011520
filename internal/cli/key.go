package cli

import (
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
)

type keyCmd struct {
	Add    keyAddCmd    `cmd:"" help:"新增接口密钥"`
	List   keyListCmd   `cmd:"" help:"列出接口密钥"`
	Revoke keyRevokeCmd `cmd:"" help:"作废接口密钥"`
}

func (o *office) keys() (*auth.Keys, error) { return auth.OpenKeys(o.dir, o.db, o.trail) }

type keyAddCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Name    string `arg:"" name:"系统" help:"给哪个系统用"`
	Admdvs  string `help:"只收这个区划（代码前缀）的数据"`
	Inst    string `help:"只收这家机构的数据"`
	Expires string `help:"有效到哪一天（当天有效），缺省长期" placeholder:"yyyy-MM-dd"`
}

func (c *keyAddCmd) Run(s *streams) error {
	n := auth.NewKey{Name: c.Name, Scope: auth.Scope{Admdvs: c.Admdvs, Inst: c.Inst}}
	if c.Expires != "" {
		d, err := time.ParseInLocation(time.DateOnly, c.Expires, time.FixedZone("", 8*3600))
		if err != nil {
			return usageError{fmt.Errorf("--expires %q 不是 yyyy-MM-dd", c.Expires)}
		}
		n.Expires = d.AddDate(0, 0, 1)
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		ks, err := o.keys()
		if err != nil {
			return err
		}
		id, secret, err := ks.Add(s.ctx, o.actor, n)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]string{"key_id": id, "secret": secret})
		}
		s.printf("密钥编号（x-tif-paasid）：%s\n密钥（只显示这一次）：%s\n", id, secret)
		return nil
	})
}

type keyListCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

type keyItem struct {
	ID      string `json:"key_id"`
	Name    string `json:"name"`
	Admdvs  string `json:"admdvs"`
	Inst    string `json:"fixmedins_code"`
	MadeAt  string `json:"made_at"`
	Expires string `json:"expires_at"`
	Revoked string `json:"revoked_at"`
}

func (c *keyListCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		ks, err := o.db.Keys(s.ctx)
		if err != nil {
			return err
		}
		items := make([]keyItem, len(ks))
		rows := make([][]string, len(ks))
		for i, k := range ks {
			items[i] = keyItem{k.ID, k.Name, k.Admdvs, k.Inst, clock(k.MadeAt), clock(k.ExpiresAt), clock(k.RevokedAt)}
			rows[i] = []string{k.ID, k.Name, k.Admdvs, k.Inst, clock(k.MadeAt), clock(k.ExpiresAt), clock(k.RevokedAt)}
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"编号", "系统", "区划", "机构", "新增时间", "到期", "作废"}, rows)
		return nil
	})
}

type keyRevokeCmd struct {
	dataFlag
	storeFlag
	ID string `arg:"" name:"编号"`
}

func (c *keyRevokeCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		ks, err := o.keys()
		if err != nil {
			return err
		}
		if err := ks.Revoke(s.ctx, o.actor, c.ID); err != nil {
			return err
		}
		s.printf("接口密钥 %s 已作废\n", c.ID)
		return nil
	})
}
