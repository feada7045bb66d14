package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	readHeaderTimeout = 2 * time.Second
	readTimeout       = 5 * time.Second
	writeTimeout      = 7 * time.Second
	idleTimeout       = time.Minute
	maxHeaderBytes    = 16 << 10

	// Longer than an answer may take, shorter than the 10 s after which `docker stop` kills.
	drainTimeout = 8 * time.Second
)

// The engine is only a handler here: its own Run sets no time-outs, and would link an HTTP/2 of 0.4 MB.
func newServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelError),
	}
}

func listenAndServe(ctx context.Context, port uint16, logger *slog.Logger) error {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return err
	}
	logger.Info("listening", "port", port, "mode", gin.Mode(), "version", version, "revision", revision)
	err = serve(ctx, newServer(newRouter(logger), logger), listener, drainTimeout)
	logger.Info("stopped")
	return err
}

// serve answers until ctx is done, then takes no more connections and waits for the requests in flight.
func serve(ctx context.Context, server *http.Server, listener net.Listener, drain time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("requests were still in flight %s after the signal to stop: %w", drain, err)
	}
	return nil
}
