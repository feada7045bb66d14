package server

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func portOf(listener net.Listener) uint16 {
	return uint16(listener.Addr().(*net.TCPAddr).Port)
}

func TestHealthcheckOfTheServerItself(t *testing.T) {
	server := httptest.NewServer(NewRouter(slog.New(slog.DiscardHandler)))
	defer server.Close()
	t.Setenv("PORT", fmt.Sprint(portOf(server.Listener)))
	if err := run([]string{"healthcheck"}, nil); err != nil {
		t.Error(err)
	}
}

func TestHealthcheckTakesNothingBut200(t *testing.T) {
	tests := map[int]string{
		http.StatusOK:                  "",
		http.StatusNoContent:           "answered 204 No Content",
		http.StatusFound:               "answered 302 Found",
		http.StatusNotFound:            "answered 404 Not Found",
		http.StatusInternalServerError: "answered 500 Internal Server Error",
		http.StatusServiceUnavailable:  "answered 503 Service Unavailable",
	}
	for status, want := range tests {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/healthz" {
					t.Errorf("asked for %s", r.URL.Path)
				}
				w.WriteHeader(status)
			}))
			defer server.Close()
			err := healthcheck(portOf(server.Listener))
			if (err == nil) != (want == "") || err != nil && !strings.HasSuffix(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

func TestHealthcheckSaysWhyThereIsNoAnswer(t *testing.T) {
	tests := map[string]struct {
		behave func(net.Listener)
		want   string
	}{
		"nobody listens": {func(l net.Listener) { l.Close() }, "connection refused"},
		"it hangs":       {func(net.Listener) {}, "i/o timeout"},
		"it is not HTTP": {speakGibberish, "malformed HTTP"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			test.behave(listener)
			start := time.Now()
			err = healthcheck(portOf(listener))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if took := time.Since(start); took > 2*healthTimeout {
				t.Errorf("took %s", took)
			}
		})
	}
}

func speakGibberish(listener net.Listener) {
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		fmt.Fprint(connection, "220 ready for mail\r\n")
	}()
}
