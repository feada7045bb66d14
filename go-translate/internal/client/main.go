// Package client asks the server for translations: of its arguments, or line by line.
package client

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"example.org/plimsoll/go-translate/internal/version"
)

// Exit codes.
const (
	fine        = 0
	failed      = 1
	wrongUsage  = 2
	interrupted = 130 // as a shell says of a program that SIGINT ended
)

const usage = `usage: client [-url URL] [TEXT...]
       client -version

Translates TEXT, or without it what is typed, line by line, until :quit or the end of input.
`

// Main is the program; it returns the exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once

	flags := flag.NewFlagSet("client", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	address := flags.String("url", cmp.Or(os.Getenv("TRANSLATE_URL"), "http://localhost:8080"),
		"the server's `URL`; TRANSLATE_URL sets the default")
	showVersion := flags.Bool("version", false, "print the version")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return fine
	} else if err != nil {
		return wrongUsage
	}
	if *showVersion {
		fmt.Fprintln(stdout, version.Of("client"))
		return fine
	}
	base, err := parseURL(*address)
	if err != nil {
		fmt.Fprintln(stderr, "client:", err)
		return wrongUsage
	}

	translator := newTranslator(base)
	if flags.NArg() > 0 {
		err = translateTo(ctx, stdout, translator, strings.Join(flags.Args(), " "))
	} else {
		err = converse(ctx, translator, stdin, stdout, stderr, isTerminal(stdin))
	}
	switch {
	case ctx.Err() != nil:
		return interrupted
	case err != nil:
		fmt.Fprintln(stderr, "client:", err)
		return failed
	}
	return fine
}

func parseURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a server: it must be such as http://localhost:8080", text)
	}
	return base, nil
}

// isTerminal says whether somebody types; /dev/null counts too, and ends at once.
func isTerminal(stdin io.Reader) bool {
	file, ok := stdin.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
