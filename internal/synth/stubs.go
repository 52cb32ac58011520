package synth

func attributeScenarios() []*scenario { return nil }
func modeScenarios() []*scenario      { return nil }
func drugDayScenarios() []*scenario   { return nil }
func courseScenarios() []*scenario    { return nil }
func quantityScenarios() []*scenario  { return nil }
func pairScenarios() []*scenario      { return nil }
func moneyScenarios() []*scenario     { return nil }
func frequencyScenarios() []*scenario { return nil }
func supplyScenarios() []*scenario    { return nil }
func materialScenarios() []*scenario  { return nil }
func stayScenarios() []*scenario      { return nil }
func chronicScenarios() []*scenario   { return nil }
func identityScenarios() []*scenario  { return nil }
func crossScenarios() []*scenario     { return nil }
