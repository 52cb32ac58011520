// Command mingjian is 明鉴: supervision of a health-insurance fund in one binary.
package main

import (
	"os"

	"github.com/mingjian/mingjian/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
