// All is both programs in one binary, and does as the one by whose name it is called.
//
// Each alone is for the most part the runtime and net/http, which they share here.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"example.org/plimsoll/go-translate/internal/client"
	"example.org/plimsoll/go-translate/internal/server"
)

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "server":
		os.Exit(server.Main(os.Args[1:], os.Stdout, os.Stderr))
	case "client":
		os.Exit(client.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	default:
		fmt.Fprintf(os.Stderr, "called as %q: it must be called as server or client, by a link of that name\n", name)
		os.Exit(2)
	}
}
