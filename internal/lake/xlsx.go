package lake

func openWorkbook(in *input) (records, error)     { return nil, fileErr(in.name, 0, nil, "x") }
func openParquetInput(in *input) (records, error) { return nil, fileErr(in.name, 0, nil, "x") }
