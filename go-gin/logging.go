package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
)

func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, nil))
}

func logRequests(logger *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		c.Next()
		logger.Info("request",
			"method", c.Request.Method,
			"path", c.Request.URL.Path, // without the query, which may hold what must not be logged
			"status", c.Writer.Status(),
			"duration_ms", float64(time.Since(start).Microseconds())/1000,
			"client", c.ClientIP(),
		)
	}
}

func recoverPanics(logger *slog.Logger) gin.HandlerFunc {
	// No writer: Gin would print a coloured stack of many lines between the JSON ones.
	return gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, reason any) {
		logger.Error("panic", "reason", fmt.Sprint(reason), "stack", string(debug.Stack()))
		c.AbortWithStatus(http.StatusInternalServerError)
	})
}
