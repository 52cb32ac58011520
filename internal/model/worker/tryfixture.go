package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/model"
)

// tryFixture runs a model on its own fixture: every positive must come out and nothing else.
func tryFixture(ctx context.Context, j *Job, tmp string) error {
	m := j.Model.model()
	if err := m.Check(""); err != nil {
		return err
	}
	e, err := open(ctx, "", &j.Limits, tmp, false)
	if err != nil {
		return err
	}
	defer e.close()
	for _, v := range model.Views() {
		if err := e.exec(ctx, v.CreateTable()); err != nil {
			return err
		}
	}
	for _, s := range []string{"SET enable_external_access = false", "SET lock_configuration = true"} {
		if err := e.exec(ctx, s); err != nil {
			return err
		}
	}
	for _, s := range strings.Split(m.Rows, ";\n") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if !fixtureShape(s) {
			return fmt.Errorf("fixture.sql 里只能有 INSERT INTO 语句：%s", cut(s))
		}
		if err := e.exec(ctx, s); err != nil {
			return fmt.Errorf("fixture.sql：%w", err)
		}
	}
	values, err := m.Values(nil)
	if err != nil {
		return err
	}
	rows, _, err := e.find(ctx, m, values, model.Period{First: -100_000, Last: 100_000})
	if err != nil {
		return err
	}
	var got []int64
	for _, f := range rows {
		if k := integer(f["case_key"]); !slices.Contains(got, k) {
			got = append(got, k)
		}
	}
	for _, k := range m.Fixture.Hit {
		if !slices.Contains(got, k) {
			return fmt.Errorf("样例里的正例 %d 没有查出（查出 %v）", k, got)
		}
	}
	for _, k := range got {
		if !slices.Contains(m.Fixture.Hit, k) {
			return fmt.Errorf("样例里的 %d 不该查出", k)
		}
	}
	return nil
}

func fixtureShape(s string) bool {
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "--") {
			return strings.HasPrefix(strings.ToUpper(l), "INSERT INTO ")
		}
	}
	return false
}
