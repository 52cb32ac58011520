package cds

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// Channels of requests. A call without the encounter or without any condition must not be judged as if the patient had no diagnosis.
const (
	Channel     = "cds"
	BareChannel = "cds-bare"
)

//go:embed sample.json
var sample []byte

// Samples are requests of a call that says everything its channel's calls say for certain.
func Samples() (map[string][]*online.Request, error) {
	out := map[string][]*online.Request{}
	for _, bare := range []bool{false, true} {
		var c map[string]any
		if err := json.Unmarshal(sample, &c); err != nil {
			return nil, err
		}
		if bare {
			delete(c["prefetch"].(map[string]any), "conditions")
		}
		b, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		m, err := readCall(b, "order-sign", "H99010000001", claim.DayOf(2025, 1, 2).Start())
		if err != nil {
			return nil, fmt.Errorf("cds: the sample cannot be read: %w", err)
		}
		out[m.q.Channel] = append(out[m.q.Channel], m.q)
	}
	return out, nil
}
