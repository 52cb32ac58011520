package synth

func (l *life) soil(v *visit) {}
