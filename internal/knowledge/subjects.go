package knowledge

import "strings"

// Subjects are the item codes that a live point names in any role: what a line of that code costs is money the
// knowledge covers.
func (b *Base) Subjects() map[string]bool {
	out := make(map[string]bool, len(b.Points))
	put := func(codes ...string) {
		for _, c := range codes {
			if c != "" && !strings.HasPrefix(c, "diag:") {
				out[c] = true
			}
		}
	}
	for i := range b.Points {
		p := &b.Points[i]
		put(p.Subject, p.Second)
		put(p.Params.Children...)
		put(p.Params.Require...)
	}
	return out
}
