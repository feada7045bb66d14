// Server translates messages into Plimsollian over HTTP.
package main

import (
	"os"

	"example.org/plimsoll/go-translate/internal/server"
)

func main() {
	os.Exit(server.Main(os.Args[1:], os.Stdout, os.Stderr))
}
