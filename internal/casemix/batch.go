package casemix

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"runtime"
	"sync"
)

// Tally counts what became of a batch.
type Tally struct {
	Cases     int            `json:"cases"`
	Grouped   int            `json:"grouped"`
	Ambiguous int            `json:"ambiguous"` // of the grouped
	Ungrouped int            `json:"ungrouped"`
	Bad       int            `json:"bad_data"`
	Problems  map[string]int `json:"problems"` // of bad data, by code
}

// Count a result.
func (t *Tally) Count(r *Result) {
	t.Cases++
	switch r.Status {
	case Grouped:
		t.Grouped++
		if r.Ambiguous() {
			t.Ambiguous++
		}
	case Ungrouped:
		t.Ungrouped++
	case BadData:
		t.Bad++
		if t.Problems == nil {
			t.Problems = map[string]int{}
		}
		t.Problems[r.Problem.Code]++
	}
}

// chunk is the unit of work of a batch; its results are written in the order of input.
type chunk struct {
	cases   []Case
	results []Result
	traces  []string
	done    chan struct{}
}

const chunkCases = 1024

// Columns of a batch's output.
var Columns = []string{"case_id", "status", "mdc", "adrg", "drg", "trace"}

// CaseSource gives cases one after the other, io.EOF at the end.
type CaseSource interface{ Next(*Case) error }

// Batch groups every case of a list and writes one row for each, in the order of input. trace asks for the explanation;
// workers 0 means one for each processor. A case that cannot be judged has its row too; only a broken stream is an error.
func (s *Scheme) Batch(ctx context.Context, in CaseSource, out io.Writer, trace bool, workers int) (Tally, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work := make(chan *chunk, workers)
	order := make(chan *chunk, 2*workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			g := s.NewGrouper()
			for k := range work {
				k.run(g, trace)
				close(k.done)
			}
		}()
	}
	var readErr error
	go func() {
		defer close(order)
		defer close(work)
		for {
			k := &chunk{done: make(chan struct{})}
			for len(k.cases) < chunkCases && readErr == nil {
				var c Case
				if readErr = in.Next(&c); readErr == nil {
					k.cases = append(k.cases, c)
				}
			}
			if len(k.cases) > 0 {
				select {
				case order <- k:
					work <- k
				case <-ctx.Done():
					readErr = ctx.Err()
				}
			}
			if readErr != nil {
				return
			}
		}
	}()
	tally, err := write(order, out)
	if err != nil { // drain, so that no goroutine stays
		cancel()
		for range order {
		}
	}
	wg.Wait()
	if err == nil && readErr != io.EOF {
		err = readErr
	}
	return tally, err
}

func (k *chunk) run(g *Grouper, trace bool) {
	k.results = make([]Result, len(k.cases))
	if trace {
		k.traces = make([]string, len(k.cases))
	}
	for i := range k.cases {
		if !trace {
			k.results[i] = g.Group(&k.cases[i])
			continue
		}
		r, t := g.Explain(&k.cases[i], true, false)
		k.results[i], k.traces[i] = r, t.String()
	}
}

func write(order <-chan *chunk, out io.Writer) (Tally, error) {
	t := Tally{Problems: map[string]int{}}
	b := bufio.NewWriterSize(out, 1<<20)
	w := csv.NewWriter(b)
	if err := w.Write(Columns); err != nil {
		return t, err
	}
	row := make([]string, len(Columns))
	for k := range order {
		<-k.done
		for i := range k.results {
			r := &k.results[i]
			t.Count(r)
			row[0], row[1], row[2], row[3], row[4], row[5] = k.cases[i].ID, r.String(), r.MDC, r.ADRG, r.DRG, ""
			if k.traces != nil {
				row[5] = k.traces[i]
			} else if r.Problem != nil {
				row[5] = r.Problem.Text
			}
			if err := w.Write(row); err != nil {
				return t, err
			}
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return t, err
	}
	return t, b.Flush()
}
