package client

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"example.org/plimsoll/go-translate/internal/server"
)

// In a process of its own, the test binary is the client: signals go to processes.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_CLIENT") != "" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// startServer starts the real server, for whose address the client looks by default.
func startServer(t *testing.T) {
	t.Helper()
	s := httptest.NewServer(server.NewRouter(slog.New(slog.DiscardHandler)))
	t.Cleanup(s.Close)
	t.Setenv("TRANSLATE_URL", s.URL)
}

type result struct {
	code           int
	stdout, stderr string
}

func run(stdin string, args ...string) result {
	var stdout, stderr bytes.Buffer
	code := Main(args, strings.NewReader(stdin), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

func TestTextsAreTranslated(t *testing.T) {
	startServer(t)
	long := strings.Repeat("a ", 1<<19)
	tests := map[string]struct {
		stdin string
		args  []string
		want  string
	}{
		"one argument":            {"", []string{"Ship ahoy!"}, "Ipshoy ahoyhoy!\n"},
		"several arguments":       {"", []string{"Ship", "ahoy!"}, "Ipshoy ahoyhoy!\n"},
		"an empty argument":       {"", []string{""}, "\n"},
		"an argument like a flag": {"", []string{"--", "-ship"}, "-ipshoy\n"},
		"stdin is not read then":  {"anchor\n", []string{"ship"}, "ipshoy\n"},
		"Unicode":                 {"", []string{"bébé ⚓\n<船>"}, "ébéboy ⚓\n<船arr>\n"},
		"nothing":                 {"", nil, ""},
		"line by line":            {"ship\nanchor\n", nil, "ipshoy\nanchorhoy\n"},
		"empty lines":             {"\n\nship\n", nil, "\n\nipshoy\n"},
		"no end of line":          {"ship\nanchor", nil, "ipshoy\nanchorhoy\n"},
		"ends of line of DOS":     {"ship\r\nanchor\r\n", nil, "ipshoy\nanchorhoy\n"},
		"until :quit":             {"ship\n :quit \nanchor\n", nil, "ipshoy\n"},
		"the longest line":        {long + "\nship\n", nil, strings.ReplaceAll(long, "a", "ahoy") + "\nipshoy\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := run(test.stdin, test.args...); got != (result{fine, test.want, ""}) {
				t.Errorf("got %d, %.60q, %.200q; want 0, %.60q and no complaint", got.code, got.stdout, got.stderr, test.want)
			}
		})
	}
}

func TestURL(t *testing.T) {
	var asked string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.Path
		io.WriteString(w, `{"translation": "aye"}`)
	}))
	defer s.Close()
	const nobody = "http://127.0.0.1:1"
	tests := map[string]struct {
		env  string
		args []string
		want string
	}{
		"by environment":             {s.URL, []string{"ship"}, "POST /translate"},
		"by flag":                    {"", []string{"-url", s.URL, "ship"}, "POST /translate"},
		"the flag goes before":       {nobody, []string{"-url", s.URL, "ship"}, "POST /translate"},
		"with a slash":               {s.URL + "/", []string{"ship"}, "POST /translate"},
		"below a path":               {s.URL + "/api/translator", []string{"ship"}, "POST /api/translator/translate"},
		"a bad default is overruled": {"gopher:", []string{"-url", s.URL, "ship"}, "POST /translate"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TRANSLATE_URL", test.env)
			asked = ""
			if got := run("", test.args...); got != (result{fine, "aye\n", ""}) {
				t.Errorf("got %+v", got)
			}
			if asked != test.want {
				t.Errorf("asked %q, want %q", asked, test.want)
			}
		})
	}
}

func TestWrongUsage(t *testing.T) {
	tests := map[string]struct {
		args []string
		want string
	}{
		"an unknown flag":  {[]string{"-u", "ship"}, "flag provided but not defined: -u\nusage: client"},
		"a flag's value":   {[]string{"-url"}, "flag needs an argument: -url\nusage: client"},
		"no scheme":        {[]string{"-url", "localhost:8080", "ship"}, `client: "localhost:8080" is not the URL of a server`},
		"another scheme":   {[]string{"-url", "ftp://localhost", "ship"}, `client: "ftp://localhost" is not the URL of a server`},
		"no host":          {[]string{"-url", "http://", "ship"}, `client: "http://" is not the URL of a server`},
		"not a URL at all": {[]string{"-url", "http://[", "ship"}, `client: parse "http://[": missing ']' in host`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := run("", test.args...)
			if got.code != wrongUsage || got.stdout != "" || !strings.HasPrefix(got.stderr, test.want) {
				t.Errorf("got %+v, want %d and %q", got, wrongUsage, test.want)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	if got := run("", "-h"); got.code != fine || !strings.HasPrefix(got.stderr, usage) || !strings.Contains(got.stderr, "-url URL") {
		t.Errorf("got %+v, want the usage and the flags", got)
	}
	if got := run("", "-version"); got != (result{fine, "go-translate client 0.0.0-dev unknown\n", ""}) {
		t.Errorf("got %+v, want the version", got)
	}
}

func TestFailureIsReported(t *testing.T) {
	answering := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	tests := map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"the server's own words": {answering(413, `{"error": "too long"}`), "the server refused: too long"},
		"another server":         {answering(404, "<h1>not here</h1>"), "/translate answered 404 Not Found"},
		"another service":        {answering(200, `{"message": "pong"}`), "/translate answered, but not with a translation"},
		"a page":                 {answering(200, "<h1>hello</h1>"), "/translate answered, but not with a translation"},
		"a failing one":          {answering(500, `{"translation": "ipshoy"}`), "/translate answered 500 Internal Server Error"},
		"a cut": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
		}, "the answer did not arrive whole: unexpected EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(test.handler)
			defer s.Close()
			for _, args := range [][]string{{"-url", s.URL, "ship"}, {"-url", s.URL}} {
				got := run("ship\nanchor\n", args...)
				if got.code != failed || got.stdout != "" || !strings.HasSuffix(got.stderr, test.want+"\n") ||
					strings.Count(got.stderr, "\n") != 1 {
					t.Errorf("got %+v, want %d and one line that ends in %q", got, failed, test.want)
				}
			}
		})
	}
}

func TestUnreachableServerIsReported(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	got := run("", "-url", s.URL, "ship")
	if got.code != failed || !strings.Contains(got.stderr, "connection refused") {
		t.Errorf("got %+v, want %d and the reason", got, failed)
	}
}

func TestUnreadableInputIsReported(t *testing.T) {
	startServer(t)
	folder, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	var stderr bytes.Buffer
	if code := Main(nil, folder, io.Discard, &stderr); code != failed || !strings.Contains(stderr.String(), "is a directory") {
		t.Errorf("got %d and %q", code, stderr.String())
	}
}

func TestWhoTypesIsPromptedAndGoesOnAfterAFailure(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); bytes.Contains(body, []byte("mutiny")) {
			io.WriteString(w, `{"error": "not on this ship"}`)
			return
		}
		io.WriteString(w, `{"translation": "aye"}`)
	}))
	defer s.Close()
	base, err := parseURL(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ stdin, stdout, stderr string }{
		"until :quit":              {"ship\n:quit\n", "aye\n", "> > "},
		"until the end of input":   {"ship\n", "aye\n", "> > \n"},
		"until the end of no line": {"ship", "aye\n", "> > \n"},
		"past a failure":           {"mutiny\nship\n", "aye\n", "> the server refused: not on this ship\n> > \n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			err := converse(t.Context(), newTranslator(base), strings.NewReader(test.stdin), &stdout, &stderr, true)
			if err != nil {
				t.Error(err)
			}
			greeting := "Plimsollian from " + s.URL + "/translate; :quit or Ctrl-D ends.\n"
			if got, want := stderr.String(), greeting+test.stderr; stdout.String() != test.stdout || got != want {
				t.Errorf("got %q and %q, want %q and %q", stdout.String(), got, test.stdout, want)
			}
		})
	}
}

func TestTerminal(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	if isTerminal(reader) || isTerminal(strings.NewReader("")) {
		t.Error("a pipe or a string is taken for a terminal")
	}
	device, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if !isTerminal(device) {
		t.Error("a character device is not taken for a terminal")
	}
}

// asProcess is the client in a process of its own, and what it will complain of.
func asProcess(args ...string) (*exec.Cmd, *bytes.Buffer) {
	var stderr bytes.Buffer
	process := exec.Command(os.Args[0], args...)
	process.Env = append(os.Environ(), "TEST_AS_CLIENT=1")
	process.Stderr = &stderr
	return process, &stderr
}

func TestSignalEndsTheConversation(t *testing.T) {
	startServer(t)
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			client, stderr := asProcess()
			stdin, err := client.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := client.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Start(); err != nil {
				t.Fatal(err)
			}
			io.WriteString(stdin, "ship\n")
			if answer, err := bufio.NewReader(stdout).ReadString('\n'); answer != "ipshoy\n" {
				t.Fatalf("got %q, %v", answer, err)
			}
			client.Process.Signal(signal) // while it waits for the next line
			client.Wait()
			if code := client.ProcessState.ExitCode(); code != interrupted || stderr.Len() != 0 {
				t.Errorf("got exit code %d and %q, want %d and silence", code, stderr, interrupted)
			}
		})
	}
}

func TestSignalEndsARequest(t *testing.T) {
	begun := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // only then does the server see that the client has gone
		close(begun)
		<-r.Context().Done()
	}))
	defer s.Close()
	client, stderr := asProcess("-url", s.URL, "ship")
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	<-begun
	client.Process.Signal(os.Interrupt)
	client.Wait()
	if code := client.ProcessState.ExitCode(); code != interrupted || stderr.Len() != 0 {
		t.Errorf("got exit code %d and %q, want %d and silence", code, stderr, interrupted)
	}
}
