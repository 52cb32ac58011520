package cli

type demoCmd struct{}

func (demoCmd) Run(s *streams) error { return nil }

type benchCmd struct{}

func (benchCmd) Run(s *streams) error { return nil }
