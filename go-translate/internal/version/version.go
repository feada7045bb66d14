// Package version says which build this is.
package version

import "fmt"

// Set by the linker: -ldflags="-X example.org/plimsoll/go-translate/internal/version.Number=… -X ….Revision=…".
var (
	Number   = "0.0.0-dev"
	Revision = "unknown"
)

// Of is the line that a program prints for -version.
func Of(program string) string {
	return fmt.Sprintf("go-translate %s %s %s", program, Number, Revision)
}
