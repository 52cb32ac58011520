package audit

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// CodeBook gathers what the day book of codes and stock holds of some months, unjudged: for whoever looks at lives and
// ledgers as such. from 0 is the first month of the data. The dictionaries name its codes.
func (a *Auditor) CodeBook(from, to claim.Month) (*rule.Book, *claim.Dicts, error) {
	s, err := a.Lake.Snapshot()
	if err != nil {
		return nil, nil, err
	}
	ms := s.Months()
	if len(ms) > 0 {
		if from == 0 {
			from = ms[0]
		}
		if to == 0 {
			to = ms[len(ms)-1]
		}
	}
	e, err := a.engine(s, []string{"T001", "T021", "P005"}, from, to, false)
	if err != nil {
		return nil, nil, err
	}
	k := bookmaker{e: e, book: e.bound.NewBook(from, to, nil), from: from, to: to, unjudged: true}
	k.rows = bookTrace
	k.book.KeepLots()
	return k.book, s.Dicts(), k.codes()
}
