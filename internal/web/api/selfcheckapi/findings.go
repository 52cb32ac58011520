package selfcheckapi

import (
	"context"
	"errors"
	"io/fs"
	"strconv"

	"github.com/mingjian/mingjian/internal/selfcheck"
	"github.com/mingjian/mingjian/internal/web/api"
)

type findingsIn struct {
	CheckID
	api.Paging
	Rule   string `query:"rule_id" maxLength:"32"`
	Dept   string `query:"dept" maxLength:"100"`
	Doctor string `query:"doctor" maxLength:"64"`
}

// findings lists what a check found, of a rule, a department, a doctor. The cursor is a place in the list, which never changes.
func (g *group) findings(ctx context.Context, in *findingsIn) (*api.Body[api.List[selfcheck.Finding]], error) {
	dir, err := g.dir(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := selfcheck.ReadFindings(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	from := 0
	if in.Cursor != "" {
		if from, err = strconv.Atoi(in.Cursor); err != nil || from < 0 {
			return nil, errors.New("cursor 不是上一页给的")
		}
	}
	out := &api.Body[api.List[selfcheck.Finding]]{}
	out.Body.Items = []selfcheck.Finding{}
	for i := from; i < len(all); i++ {
		f := &all[i]
		if (in.Rule != "" && f.Rule != in.Rule) || (in.Dept != "" && f.Dept != in.Dept) || (in.Doctor != "" && f.Doctor != in.Doctor) {
			continue
		}
		if len(out.Body.Items) == in.Limit {
			out.Body.Next = strconv.Itoa(i)
			break
		}
		out.Body.Items = append(out.Body.Items, *f)
	}
	return out, nil
}
