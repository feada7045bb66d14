// Go-gin is a ping server: GET /ping answers {"message":"pong"}.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/gin-gonic/gin"
)

// Set by the linker: -ldflags="-X main.version=… -X main.revision=…".
var (
	version  = "0.0.0-dev"
	revision = "unknown"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "go-gin:", err)
		os.Exit(1)
	}
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
		_, err := fmt.Fprintln(stdout, "go-gin", version, revision)
		return err
	case "", "healthcheck":
	default:
		return errors.New("usage: go-gin [-version | healthcheck]")
	}

	port, err := parsePort(os.Getenv("PORT"))
	if err != nil {
		return err
	}
	if command == "healthcheck" {
		return healthcheck(port)
	}

	// Gin's own default is debug mode; here a forgotten variable must not mean that in production.
	if os.Getenv(gin.EnvGinMode) == "" {
		gin.SetMode(gin.ReleaseMode)
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
