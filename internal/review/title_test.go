package review_test

import (
	"regexp"
	"testing"
)

// A notice says in its title to whom it goes, about which rule, and of which month, in words.
func TestNoticeTitles(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.keep("a")
		o.send("a")
		d, err := o.desk.Open(ctx, clerk, "a")
		o.ok(err)
		c := o.c("a")
		want := regexp.MustCompile(`^疑点告知书（一院，` + c.Rule + `，` + c.Month[:4] + `年[1-9]\d?月）$`)
		if len(d.Notices) != 1 || !want.MatchString(d.Notices[0].Title) {
			t.Errorf("titles: %+v, want %s", d.Notices, want)
		}
	})
}
