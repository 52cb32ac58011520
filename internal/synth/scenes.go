package synth

// Scene names one story of the city: the card it is about, and whether its labels are plants or near-misses.
type Scene struct {
	Rule, Name string
	Near       bool
}

// Scenes lists all stories the city can tell, whether or not a given city is large enough for each.
func Scenes() []Scene {
	var out []Scene
	for _, s := range allScenarios() {
		out = append(out, Scene{Rule: s.rule, Name: s.name, Near: s.kind == nearMiss})
	}
	return out
}
