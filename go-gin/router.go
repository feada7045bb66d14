package main

import (
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"
)

func newRouter(logger *slog.Logger) *gin.Engine {
	router := gin.New()
	router.HandleMethodNotAllowed = true
	// Nothing stands in front of this server, so X-Forwarded-For is only what a client claims.
	if err := router.SetTrustedProxies(nil); err != nil {
		panic(err) // an empty list cannot be malformed
	}
	router.Use(logRequests(logger), recoverPanics(logger))
	// Whoever answers GET has to answer HEAD (RFC 9110, 9.1); net/http leaves out the body.
	reading := []string{http.MethodGet, http.MethodHead}
	router.Match(reading, "/ping", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"message": "pong"})
	})
	router.Match(reading, "/healthz", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"status": "ok"})
	})
	return router
}
