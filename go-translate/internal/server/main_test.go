package server

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestVersionIsPrinted(t *testing.T) {
	for _, flag := range []string{"-version", "--version"} {
		var stdout bytes.Buffer
		if err := run([]string{flag}, &stdout); err != nil {
			t.Fatal(err)
		}
		if got, want := stdout.String(), "go-translate server 0.0.0-dev unknown\n"; got != want {
			t.Errorf("%s printed %q, want %q", flag, got, want)
		}
	}
}

func TestMainSaysWhatFailed(t *testing.T) {
	var stderr bytes.Buffer
	if code := Main([]string{"serve"}, io.Discard, &stderr); code != 1 {
		t.Errorf("got exit code %d, want 1", code)
	}
	if got, want := stderr.String(), "server: usage: server [-version | healthcheck]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if code := Main([]string{"-version"}, io.Discard, io.Discard); code != 0 {
		t.Errorf("got exit code %d, want 0", code)
	}
}

func TestWrongArgumentsAreRefused(t *testing.T) {
	for _, args := range [][]string{{"serve"}, {"-v"}, {"healthcheck", "8080"}, {"-version", "-version"}} {
		err := run(args, io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), "usage: ") {
			t.Errorf("%q: got %v, want the usage", args, err)
		}
	}
}

func TestPort(t *testing.T) {
	tests := map[string]struct {
		text string
		want uint16
		fail bool
	}{
		"unset":     {text: "", want: 8080},
		"lowest":    {text: "1", want: 1},
		"highest":   {text: "65535", want: 65535},
		"zero":      {text: "0", fail: true},
		"too high":  {text: "65536", fail: true},
		"negative":  {text: "-1", fail: true},
		"a word":    {text: "http", fail: true},
		"a space":   {text: " 80", fail: true},
		"a host":    {text: "localhost:80", fail: true},
		"two lines": {text: "80\n81", fail: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parsePort(test.text)
			if got != test.want || (err != nil) != test.fail {
				t.Errorf("got %d, %v; want %d, failure %t", got, err, test.want, test.fail)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is not one line", err)
			}
		})
	}
}

func TestBadPortStopsEveryCommand(t *testing.T) {
	t.Setenv("PORT", "http")
	for _, args := range [][]string{nil, {"healthcheck"}} {
		err := run(args, io.Discard)
		if err == nil || !strings.Contains(err.Error(), `PORT="http"`) {
			t.Errorf("%q: got %v, want PORT named", args, err)
		}
	}
}
