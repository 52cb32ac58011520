package cli

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

type paymentSimulateCmd struct {
	jsonFlag
	yearFlags
	childFlags
	With string            `help:"要试算的另一套参数（yaml）" placeholder:"文件"`
	Set  map[string]string `help:"或只改几个数，如 310.rate=9000、310.high.times=2.5、310.hospitals.3=1.1，可多次" placeholder:"参数=值"`
	Out  string            `help:"结果写成 JSON 文件" placeholder:"文件"`
}

func (c *paymentSimulateCmd) Run(s *streams) error {
	defer c.begin(s)()
	if (c.With == "") == (len(c.Set) == 0) {
		return usageError{errors.New("--with（另一套参数）和 --set（改几个数）给且只给一个")}
	}
	p, err := c.params(c.Params)
	if err != nil {
		return err
	}
	q, err := c.other()
	if err != nil {
		return err
	}
	in, g, opt, err := c.load(s, p)
	if err != nil {
		return err
	}
	was, err := area.Do(p, g, in, opt)
	if err != nil {
		return err
	}
	g2, err := c.grouping(q)
	if err != nil {
		return err
	}
	would, err := area.Do(q, g2, in, opt)
	if err != nil {
		return err
	}
	shifts := area.Compare(was, would)
	if c.Out != "" {
		if err := writeFile(s, c.Out, func(w io.Writer) error { return json.NewEncoder(w).Encode(shifts) }); err != nil {
			return err
		}
	}
	if c.JSON {
		return s.json(shifts)
	}
	var rows [][]string
	var total [4]pay.Fen
	for i := range shifts {
		x := &shifts[i]
		rows = append(rows, []string{x.Insutype, x.Inst, x.Was.String(), x.Would.String(), (x.Would - x.Was).String(), x.Settled.String(), x.Become.String(), (x.Become - x.Settled).String()})
		for n, v := range []pay.Fen{x.Was, x.Would, x.Settled, x.Become} {
			total[n] += v
		}
	}
	rows = append(rows, []string{"合计", "", total[0].String(), total[1].String(), (total[1] - total[0]).String(), total[2].String(), total[3].String(), (total[3] - total[2]).String()})
	table(s.out, []string{"险种", "机构", ">现行应付", ">试算应付", ">差", ">现行清算", ">试算清算", ">差"}, rows)
	return nil
}

// other are the parameters that are tried.
func (c *paymentSimulateCmd) other() (*pay.Params, error) {
	if c.With != "" {
		return pay.ReadParams(c.With)
	}
	text, err := c.paramsText(c.Params)
	if err != nil {
		return nil, err
	}
	q, err := pay.Set(text, c.Set)
	if err != nil {
		return nil, usageError{err}
	}
	return q, nil
}
