package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// records are the log's lines as JSON objects; anything else on a line fails the test.
func records(t *testing.T, log *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range bytes.Lines(log.Bytes()) {
		var record map[string]any
		if err := json.Unmarshal(line, &record); err != nil {
			t.Fatalf("not JSON: %q: %v", line, err)
		}
		all = append(all, record)
	}
	return all
}

func TestEveryRequestIsOneRecord(t *testing.T) {
	tests := []struct {
		path, logged string
		status       float64
	}{
		{"/healthz", "/healthz", 200},
		{"/?s=secret", "/", 200},
		{"/?s=", "/", 200},
		{"/", "/", 400},
		{"/nothing%0Ahere", "/nothing\nhere", 404},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			var log bytes.Buffer
			request := httptest.NewRequest("GET", test.path, nil)
			request.RemoteAddr = "192.0.2.7:1234"
			request.Header.Set("X-Forwarded-For", "203.0.113.9")
			NewRouter(newLogger(&log)).ServeHTTP(httptest.NewRecorder(), request)

			all := records(t, &log)
			if len(all) != 1 {
				t.Fatalf("got %d records, want 1: %v", len(all), all)
			}
			want := map[string]any{
				"level": "INFO", "msg": "request", "method": "GET",
				"path": test.logged, "status": test.status, "client": "192.0.2.7",
			}
			for key, value := range want {
				if all[0][key] != value {
					t.Errorf("%s: got %v, want %v", key, all[0][key], value)
				}
			}
			if took, ok := all[0]["duration_ms"].(float64); !ok || took < 0 {
				t.Errorf("duration_ms: got %v, want a number", all[0]["duration_ms"])
			}
		})
	}
}

func TestPanicIsAnsweredAndLogged(t *testing.T) {
	var log bytes.Buffer
	logger := newLogger(&log)
	router := logRequests(logger, recoverPanics(logger, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("out of rum")
	})))
	answer := httptest.NewRecorder()
	router.ServeHTTP(answer, httptest.NewRequest("GET", "/panic", nil))

	if got, want := answer.Body.String(), `{"error":"the server failed; its log says why"}`+"\n"; answer.Code != 500 || got != want {
		t.Errorf("got %d %s, want 500 %s", answer.Code, got, want)
	}
	all := records(t, &log)
	if len(all) != 2 {
		t.Fatalf("got %d records, want the panic and the request: %v", len(all), all)
	}
	if all[0]["msg"] != "panic" || all[0]["reason"] != "out of rum" || all[0]["stack"] == "" {
		t.Errorf("the panic was logged as %v", all[0])
	}
	if all[1]["msg"] != "request" || all[1]["status"] != 500.0 {
		t.Errorf("the request was logged as %v", all[1])
	}
}
