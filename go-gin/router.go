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
	router.GET("/ping", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"message": "pong"})
	})
	router.GET("/healthz", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"status": "ok"})
	})
	return router
}
