package worker

import (
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/model"
)

// Limits of one child process.
type Limits struct {
	MemoryMiB int           `json:"memory_mib"` // resident memory of the process; DuckDB gets three quarters and spills beyond
	Threads   int           `json:"threads"`
	Time      time.Duration `json:"time"`       // on the clock
	CPU       time.Duration `json:"cpu"`        // of the processor
	Rows      int           `json:"rows"`       // of a query's answer; more are cut and said so
	SpillMiB  int           `json:"spill_mib"`  // of temporary files
	AnswerMiB int           `json:"answer_mib"` // of what the child says; the parent holds it in memory
}

// fill sets what is not given.
func (l *Limits) fill() {
	if l.MemoryMiB == 0 {
		l.MemoryMiB = 4096
	}
	if l.Threads == 0 {
		l.Threads = 2
	}
	if l.Time == 0 {
		l.Time = 10 * time.Minute
	}
	if l.CPU == 0 {
		l.CPU = time.Duration(l.Threads) * l.Time
	}
	if l.Rows == 0 {
		l.Rows = 10_000
	}
	if l.SpillMiB == 0 {
		l.SpillMiB = 64 << 10
	}
	if l.AnswerMiB == 0 {
		l.AnswerMiB = 512
	}
}

// Scope is whose facts a child may see; the zero scope sees all.
type Scope struct {
	Areas []string `json:"areas,omitempty"` // divisions of the institution, as prefixes
	Insts []string `json:"insts,omitempty"`
}

// Job is what a child does.
type Job struct {
	Kind   string             `json:"kind"` // prepare, run, fixture, query, bills
	Data   string             `json:"data"`
	Views  string             `json:"views,omitempty"` // the database of approved views
	Scope  Scope              `json:"scope"`
	Model  *ModelText         `json:"model,omitempty"`
	Params map[string]float64 `json:"params,omitempty"`
	First  claim.Day          `json:"first,omitempty"`
	Last   claim.Day          `json:"last,omitempty"`
	SQL    string             `json:"sql,omitempty"`
	Wants  []model.Want       `json:"wants,omitempty"` // of bills
	Bind   map[string]Code    `json:"bind,omitempty"`  // of a query: codes whose keys stand for :names
	Year   bool               `json:"year,omitempty"`  // of a query: the period is the last twelve months of the data, :month its last whole month
	Limits Limits             `json:"limits"`
}

// Code is an original code of a column: a child puts its key into a statement, which never sees the text.
type Code struct {
	Column string `json:"column"`
	Text   string `json:"text"`
}

// ModelText carries a model with its statements, which its JSON form leaves out in part.
type ModelText struct {
	*model.Model
	Members string `json:"members"`
	Rows    string `json:"rows"`
}

// Text packs a model for a job.
func Text(m *model.Model) *ModelText { return &ModelText{Model: m, Members: m.Members, Rows: m.Rows} }

// model unpacks it.
func (t *ModelText) model() *model.Model {
	t.Model.Members, t.Model.Rows = t.Members, t.Rows
	return t.Model
}

// Answer is what a child says when it is done.
type Answer struct {
	Error   string        `json:"error,omitempty"`
	Views   string        `json:"views,omitempty"`
	Result  *model.Result `json:"result,omitempty"`
	Table   *Table        `json:"table,omitempty"`
	Bills   *Bills        `json:"bills,omitempty"`
	Seconds float64       `json:"seconds"`
	PeakMiB float64       `json:"peak_rss_mib"`
}

// Table is the answer to a query.
type Table struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	Cut     bool     `json:"cut"` // there were more rows than allowed

	Names *model.Names `json:"names,omitempty"` // what institutions, doctors and items of the rows are called
}
