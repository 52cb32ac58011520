package cli

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
)

type ledgerCmd struct {
	Check    ledgerCheckCmd    `cmd:"" help:"核对：台账与决定逐行相等，状态与期限相符"`
	Accounts ledgerAccountsCmd `cmd:"" help:"各机构各账上有多少"`
	Refunds  ledgerRefundsCmd  `cmd:"" help:"登记另行退款（自查、飞检……，selfcheck_refund 的列），不重复收"`
	Sheet    ledgerSheetCmd    `cmd:"" help:"录入某机构某月的拨付单"`
	Offset   ledgerOffsetCmd   `cmd:"" help:"从当月拨付中抵扣应收"`
	Voucher  ledgerVoucherCmd  `cmd:"" help:"录入实拨凭证"`
	Close    ledgerCloseCmd    `cmd:"" name:"month-close" help:"月结：台账、拨付单、凭证三者相符才能结"`
}

type ledgerCheckCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

func (c *ledgerCheckCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		h, err := o.desk().Check(s.ctx)
		if err != nil {
			return err
		}
		s.failed = len(h.Wrong) > 0
		if c.JSON {
			return s.json(h)
		}
		s.printf("疑点 %s 件，分录 %s 笔；决定合计 %s 元，台账合计 %s 元\n", thousands(int64(h.Cases)), thousands(int64(h.Posts)), yuan(h.Decided), yuan(h.Booked))
		for _, w := range h.Wrong {
			s.printf("不符：%s\n", w)
		}
		if len(h.Wrong) == 0 {
			s.printf("全部相符\n")
		}
		return nil
	})
}

type ledgerAccountsCmd struct {
	placeFlags
	Month string `help:"只看这个账务月份的发生额" placeholder:"yyyy-MM"`
}

func (c *ledgerAccountsCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		as, err := d.Accounts(s.ctx, who, c.Month)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(as)
		}
		var rows [][]string
		for _, a := range as {
			rows = append(rows, []string{a.Inst, a.Book, a.Account, yuan(a.Amount)})
		}
		table(s.out, []string{"机构", "账册", "账", ">金额(元)"}, rows)
		return nil
	})
}

type ledgerRefundsCmd struct {
	placeFlags
	File string `arg:"" name:"文件"`
}

func (c *ledgerRefundsCmd) Run(s *streams) error {
	rows, err := readRows(c.File)
	if err != nil {
		return err
	}
	var rs []review.NewRefund
	for i, r := range rows {
		x := review.NewRefund{Source: r["source"], RefNo: r["ref_no"], Line: r["line"], Inst: r["fixmedins_code"], Rule: r["rule_id"], Setl: r["setl_id"], Sn: r["feedetl_sn"]}
		if x.Amt, err = fenOf("amt", r["amt"]); err != nil {
			return fmt.Errorf("%s 第 %d 行：%w", c.File, i+2, err)
		}
		if x.Paid, err = dayOf("paid_date", r["paid_date"]); err != nil {
			return fmt.Errorf("%s 第 %d 行：%w", c.File, i+2, err)
		}
		rs = append(rs, x)
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		n, err := d.AddRefunds(s.ctx, who, rs)
		if err != nil {
			return err
		}
		return c.done(s, fmt.Sprintf("登记 %d 条，已有 %d 条", n, len(rs)-n))
	})
}

type ledgerSheetCmd struct {
	placeFlags
	Month   string `arg:"" name:"月份"`
	Inst    string `arg:"" name:"机构"`
	Payable string `help:"应拨" required:"" placeholder:"元"`
	Offset  string `help:"财务抵扣；缺省 0，抵扣时自动填" placeholder:"元"`
}

func (c *ledgerSheetCmd) Run(s *streams) error {
	payable, err := fenOf("--payable", c.Payable)
	if err != nil {
		return err
	}
	offset, err := fenOf("--offset", c.Offset)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.SetSheet(s.ctx, who, review.SheetInput{Month: c.Month, Inst: c.Inst, Payable: payable, Offset: offset}); err != nil {
			return err
		}
		return c.done(s, "拨付单 "+c.Month+" "+c.Inst+" 已录入")
	})
}

type ledgerOffsetCmd struct {
	placeFlags
	Month string `arg:"" name:"月份"`
	Inst  string `arg:"" name:"机构"`
}

func (c *ledgerOffsetCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		r, err := d.OffsetMonth(s.ctx, who, c.Month, c.Inst)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(r)
		}
		s.printf("%s %s：%d 件，抵扣 %s 元，尚欠 %s 元\n", c.Month, c.Inst, r.Cases, yuan(r.Offset), yuan(r.Left))
		return nil
	})
}

type ledgerVoucherCmd struct {
	placeFlags
	Month  string `arg:"" name:"月份"`
	Inst   string `arg:"" name:"机构"`
	No     string `help:"凭证号" required:"" placeholder:"号"`
	Amount string `help:"实拨" required:"" placeholder:"元"`
}

func (c *ledgerVoucherCmd) Run(s *streams) error {
	n, err := fenOf("--amount", c.Amount)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.SetVoucher(s.ctx, who, c.Month, c.Inst, c.No, n); err != nil {
			return err
		}
		return c.done(s, "凭证 "+c.No+" 已录入")
	})
}

type ledgerCloseCmd struct {
	placeFlags
	Month string `arg:"" name:"月份"`
}

func (c *ledgerCloseCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		p, err := d.CloseMonth(s.ctx, who, c.Month)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(p)
		}
		s.printf("%s 已月结：抵扣 %s 元，实拨 %s 元\n", p.Month, yuan(p.Offset), yuan(p.Net))
		return nil
	})
}
