package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// In a process of its own, the test binary is the program: what it does depends on the name it is called by.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_PROGRAM") != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestDoesAsTheOneByWhoseNameItIsCalled(t *testing.T) {
	tests := map[string]struct {
		code           int
		stdout, stderr string
	}{
		"/server":    {0, "go-translate server 0.0.0-dev unknown\n", ""},
		"server":     {0, "go-translate server 0.0.0-dev unknown\n", ""},
		"/client":    {0, "go-translate client 0.0.0-dev unknown\n", ""},
		"./client":   {0, "go-translate client 0.0.0-dev unknown\n", ""},
		"/translate": {2, "", "called as \"translate\": it must be called as server or client, by a link of that name\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			program := exec.Cmd{
				Path:   os.Args[0],
				Args:   []string{name, "-version"},
				Env:    append(os.Environ(), "TEST_AS_PROGRAM=1"),
				Stdout: &stdout,
				Stderr: &stderr,
			}
			program.Run()
			if code := program.ProcessState.ExitCode(); code != test.code {
				t.Errorf("got exit code %d, want %d", code, test.code)
			}
			if stdout.String() != test.stdout || stderr.String() != test.stderr {
				t.Errorf("got %q and %q, want %q and %q", stdout.String(), stderr.String(), test.stdout, test.stderr)
			}
		})
	}
}
