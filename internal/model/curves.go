package model

import (
	_ "embed"
	"encoding/json"
)

//go:embed curves.json
var curvesText []byte

// Threshold is how the main parameter of a shipped model was chosen: what each value finds in the demo city (20,000 persons, seed 1),
// as `models evaluate --curve` measures it. Points are value, cases, hits, false, precision, recall.
type Threshold struct {
	Param  string       `json:"param"`
	Points [][6]float64 `json:"points"`
}

// Thresholds returns them by model.
func Thresholds() (map[string]Threshold, error) {
	var out map[string]Threshold
	return out, json.Unmarshal(curvesText, &out)
}
