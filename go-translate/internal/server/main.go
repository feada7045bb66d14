// Package server translates messages into Plimsollian over HTTP.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"example.org/plimsoll/go-translate/internal/version"
)

// Main is the program; it returns the exit code.
func Main(args []string, stdout, stderr io.Writer) int {
	if err := run(args, stdout); err != nil {
		fmt.Fprintln(stderr, "server:", err)
		return 1
	}
	return 0
}

func run(args []string, stdout io.Writer) error {
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	if len(args) > 1 {
		command = "too many arguments"
	}
	switch command {
	case "-version", "--version":
		_, err := fmt.Fprintln(stdout, version.Of("server"))
		return err
	case "", "healthcheck":
	default:
		return errors.New("usage: server [-version | healthcheck]")
	}

	port, err := parsePort(os.Getenv("PORT"))
	if err != nil {
		return err
	}
	if command == "healthcheck" {
		return healthcheck(port)
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return listenAndServe(ctx, port, newLogger(stdout))
}

func parsePort(text string) (uint16, error) {
	if text == "" {
		return 8080, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("PORT=%q is not a port: it must be a number from 1 to 65535", text)
	}
	return uint16(port), nil
}
