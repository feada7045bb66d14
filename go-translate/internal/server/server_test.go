package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// slowServer is the app with a route /slow that says when it has begun and answers when it is let go.
type slowServer struct {
	url            string
	begun, release chan struct{}
	stop           context.CancelFunc
	stopped        chan error
}

func startSlowServer(t *testing.T, drain time.Duration) slowServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	s := slowServer{
		url:     "http://" + listener.Addr().String(),
		begun:   make(chan struct{}),
		release: make(chan struct{}),
		stop:    stop,
		stopped: make(chan error, 1),
	}
	logger := slog.New(slog.DiscardHandler)
	router := http.NewServeMux()
	router.Handle("/", NewRouter(logger))
	router.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		close(s.begun)
		<-s.release
		io.WriteString(w, "done")
	})
	go func() { s.stopped <- serve(ctx, newServer(router, logger), listener, drain) }()
	return s
}

type answer struct {
	body string
	err  error
}

func get(url string) answer {
	response, err := http.Get(url)
	if err != nil {
		return answer{err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{string(body), err}
}

func refused(url string) bool {
	connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err == nil {
		connection.Close()
	}
	return err != nil
}

func TestRequestInFlightIsAnsweredDuringTheDrain(t *testing.T) {
	s := startSlowServer(t, time.Minute)
	answers := make(chan answer, 1)
	go func() { answers <- get(s.url + "/slow") }()
	<-s.begun

	s.stop()
	for !refused(s.url) { // from here on the server is draining
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-s.stopped:
		t.Fatalf("stopped (%v) with a request in flight", err)
	case got := <-answers:
		t.Fatalf("answered %+v before it was let go", got)
	default:
	}

	close(s.release)
	if got := <-answers; got.err != nil || got.body != "done" {
		t.Errorf("the request in flight got %+v, want done", got)
	}
	if err := <-s.stopped; err != nil {
		t.Errorf("stopped with %v, want no error", err)
	}
}

func TestDrainIsBounded(t *testing.T) {
	s := startSlowServer(t, 10*time.Millisecond)
	defer close(s.release)
	go get(s.url + "/slow")
	<-s.begun

	s.stop()
	if err := <-s.stopped; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stopped with %v, want the deadline named", err)
	}
}

func TestIdleServerStopsWithoutError(t *testing.T) {
	s := startSlowServer(t, time.Minute)
	if got := get(s.url + "/healthz"); got.err != nil {
		t.Fatal(got.err)
	}
	s.stop()
	if err := <-s.stopped; err != nil {
		t.Errorf("stopped with %v, want no error", err)
	}
}

func TestPortInUseIsAnError(t *testing.T) {
	listener, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	err = listenAndServe(t.Context(), portOf(listener), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got %v, want the port named as taken", err)
	}
}

func TestTimeoutsFitTogether(t *testing.T) {
	server := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	for name, value := range map[string]time.Duration{
		"ReadHeaderTimeout": server.ReadHeaderTimeout,
		"ReadTimeout":       server.ReadTimeout,
		"WriteTimeout":      server.WriteTimeout,
		"IdleTimeout":       server.IdleTimeout,
	} {
		if value <= 0 {
			t.Errorf("%s is not set", name)
		}
	}
	const grace = 10 * time.Second // of `docker stop`
	if server.WriteTimeout >= drainTimeout || drainTimeout >= grace {
		t.Errorf("want an answer (%s) shorter than the drain (%s) shorter than the grace period (%s)",
			server.WriteTimeout, drainTimeout, grace)
	}
}
