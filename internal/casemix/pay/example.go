package pay

import _ "embed"

//go:embed example.yaml
var example []byte

// Example is a commented parameter file with invented numbers.
func Example() []byte { return append([]byte(nil), example...) }

// Shipped are its parameters, for the sample city.
func Shipped() (*Params, error) { return ParseParams(example) }
