// Client asks the server for translations: of its arguments, or line by line.
package main

import (
	"os"

	"example.org/plimsoll/go-translate/internal/client"
)

func main() {
	os.Exit(client.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
