package server

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, nil))
}

func logRequests(logger *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		answer := &recorder{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		client, _, _ := net.SplitHostPort(r.RemoteAddr) // set by net/http, so never malformed
		logger.Info("request",
			"method", r.Method,
			"path", r.URL.Path, // without the query, which is the message
			"status", answer.status,
			"duration_ms", float64(time.Since(start).Microseconds())/1000,
			"client", client,
		)
	})
}

// recorder remembers the status that an answer was given.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(content []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(content)
}

func recoverPanics(logger *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if reason := recover(); reason != nil {
				logger.Error("panic", "reason", fmt.Sprint(reason), "stack", string(debug.Stack()))
				refuse(w, http.StatusInternalServerError, "the server failed; its log says why")
			}
		}()
		next.ServeHTTP(w, r)
	})
}
