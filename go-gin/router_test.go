package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestRoutes(t *testing.T) {
	tests := []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/ping", http.StatusOK, `{"message":"pong"}`},
		{"GET", "/healthz", http.StatusOK, `{"status":"ok"}`},
		{"POST", "/ping", http.StatusMethodNotAllowed, "405 method not allowed"},
		{"GET", "/", http.StatusNotFound, "404 page not found"},
	}
	router := newRouter(slog.New(slog.DiscardHandler))
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			answer := httptest.NewRecorder()
			router.ServeHTTP(answer, httptest.NewRequest(test.method, test.path, nil))
			if answer.Code != test.status || answer.Body.String() != test.body {
				t.Errorf("got %d %s, want %d %s", answer.Code, answer.Body, test.status, test.body)
			}
		})
	}
}

func TestAnswersAreJSON(t *testing.T) {
	answer := httptest.NewRecorder()
	newRouter(slog.New(slog.DiscardHandler)).ServeHTTP(answer, httptest.NewRequest("GET", "/ping", nil))
	if got, want := answer.Header().Get("Content-Type"), "application/json; charset=utf-8"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
