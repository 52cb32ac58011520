package remind

import "github.com/mingjian/mingjian/internal/store"

// rowsOf makes areas of pairs of division and body.
func rowsOf(pairs ...string) (out []store.ReminderArea) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, store.ReminderArea{Area: pairs[i], Body: pairs[i+1]})
	}
	return out
}
