package cli

type benchCmd struct{}

func (benchCmd) Run(s *streams) error { return nil }
