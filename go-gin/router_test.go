package main

import (
	"io"
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

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	server := httptest.NewServer(newRouter(slog.New(slog.DiscardHandler)))
	defer server.Close()
	for _, path := range []string{"/ping", "/healthz"} {
		answer, err := http.Head(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusOK || len(body) != 0 || err != nil {
			t.Errorf("HEAD %s: got %d %q %v, want 200 and nothing", path, answer.StatusCode, body, err)
		}
	}
}

func TestAnswersAreJSON(t *testing.T) {
	answer := httptest.NewRecorder()
	newRouter(slog.New(slog.DiscardHandler)).ServeHTTP(answer, httptest.NewRequest("GET", "/ping", nil))
	if got, want := answer.Header().Get("Content-Type"), "application/json; charset=utf-8"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
