package server

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
)

func ask(method, target string, body io.Reader) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	NewRouter(slog.New(slog.DiscardHandler)).ServeHTTP(answer, httptest.NewRequest(method, target, body))
	return answer
}

func TestRoutes(t *testing.T) {
	const plain, jsonType = "text/plain; charset=utf-8", "application/json; charset=utf-8"
	tests := []struct {
		method, target, body string
		status               int
		contentType, want    string
	}{
		{"GET", "/?s=ship", "", 200, plain, "ipshoy"},
		{"GET", "/?s=Full+ahead%2C%0ASulu!", "", 200, plain, "Ullfoy aheadhoy,\nUlusoy!"},
		{"GET", "/?s=b%C3%A9b%C3%A9%20%E2%9A%93", "", 200, plain, "ébéboy ⚓"},
		{"GET", "/?s=%3Cb%3E%26", "", 200, plain, "<barr>&"},
		{"GET", "/?s=", "", 200, plain, ""},
		{"GET", "/?lang=en&s=a&s=b", "", 200, plain, "ahoy"},
		{"GET", "/", "", 400, jsonType, `{"error":"there is no text: ask for /?s=TEXT, or POST {\"text\": \"TEXT\"} to /translate"}` + "\n"},
		{"GET", "/?s=%zz", "", 400, jsonType, `{"error":"the query is malformed: invalid URL escape \"%zz\""}` + "\n"},
		{"GET", "/?s=%ff", "", 400, jsonType, `{"error":"the text is not UTF-8"}` + "\n"},

		{"POST", "/translate", `{"text": "ship"}`, 200, jsonType, `{"translation":"ipshoy"}` + "\n"},
		{"POST", "/translate", `{"text": "<b> \"q\" \u26f5\n"}`, 200, jsonType, `{"translation":"<barr> \"qarr\" ⛵\n"}` + "\n"},
		{"POST", "/translate", `{"text": "", "more": 1}`, 200, jsonType, `{"translation":""}` + "\n"},
		{"POST", "/translate", `{"text": "\ud800"}`, 200, jsonType, `{"translation":"` + "\ufffd" + `"}` + "\n"},
		{"POST", "/translate", ``, 400, jsonType, `{"error":"the body must be JSON such as {\"text\": \"TEXT\"}: unexpected end of JSON input"}` + "\n"},
		{"POST", "/translate", `text=ship`, 400, jsonType, `{"error":"the body must be JSON such as {\"text\": \"TEXT\"}: invalid character 'e' in literal true (expecting 'r')"}` + "\n"},
		{"POST", "/translate", `{"text": "a"} {}`, 400, jsonType, `{"error":"the body must be JSON such as {\"text\": \"TEXT\"}: invalid character '{' after top-level value"}` + "\n"},
		{"POST", "/translate", `{"text": 5}`, 400, jsonType, `{"error":"the body must be JSON such as {\"text\": \"TEXT\"}: json: cannot unmarshal number into Go struct field .text of type string"}` + "\n"},
		{"POST", "/translate", `{"message": "ship"}`, 400, jsonType, `{"error":"the body has no \"text\": it must be JSON such as {\"text\": \"TEXT\"}"}` + "\n"},
		{"POST", "/translate", `null`, 400, jsonType, `{"error":"the body has no \"text\": it must be JSON such as {\"text\": \"TEXT\"}"}` + "\n"},
		{"POST", "/translate", "{\"text\": \"\xff\"}", 400, jsonType, `{"error":"the body is not UTF-8"}` + "\n"},

		{"GET", "/healthz", "", 200, jsonType, `{"status":"ok"}` + "\n"},
		{"POST", "/?s=ship", "", 405, plain, "Method Not Allowed\n"},
		{"GET", "/translate", "", 405, plain, "Method Not Allowed\n"},
		{"GET", "/nothing", "", 404, plain, "404 page not found\n"},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.target+" "+test.body, func(t *testing.T) {
			answer := ask(test.method, test.target, strings.NewReader(test.body))
			if got := answer.Body.String(); answer.Code != test.status || got != test.want {
				t.Errorf("got %d %q, want %d %q", answer.Code, got, test.status, test.want)
			}
			if got := answer.Header().Get("Content-Type"); got != test.contentType {
				t.Errorf("got content type %q, want %q", got, test.contentType)
			}
		})
	}
}

func TestTextIsNeverTakenForAPage(t *testing.T) {
	if got := ask("GET", "/?s=<script>", nil).Header().Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("got %q, want nosniff", got)
	}
}

func TestBrokenBodyIsRefused(t *testing.T) {
	answer := ask("POST", "/translate", iotest.ErrReader(io.ErrUnexpectedEOF))
	if want := `{"error":"the body did not arrive whole: unexpected EOF"}` + "\n"; answer.Code != 400 || answer.Body.String() != want {
		t.Errorf("got %d %s, want 400 %s", answer.Code, answer.Body, want)
	}
}

// Against a real server, whose limit on the header counts too; the time that the race detector takes must not.
func TestTextsUpToOneMebibyte(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	logger := slog.New(slog.DiscardHandler)
	server.Config = newServer(NewRouter(logger), logger)
	server.Config.ReadHeaderTimeout, server.Config.ReadTimeout, server.Config.WriteTimeout = 0, 0, 0
	server.Start()
	defer server.Close()

	query := func(text string) (*http.Response, error) {
		return http.Get(server.URL + "/?s=" + url.QueryEscape(text))
	}
	post := func(text string) (*http.Response, error) {
		body, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			return nil, err
		}
		return http.Post(server.URL+"/translate", "application/json", strings.NewReader(string(body)))
	}
	inJSON := func(text string) string { return `{"translation":"` + text + `"}` + "\n" }
	const tooLong = `{"error":"the text is longer than 1 MiB (1048576 bytes)"}` + "\n"

	tests := map[string]struct {
		ask    func(string) (*http.Response, error)
		text   string
		status int
		want   string
	}{
		"the longest words by GET":     {query, strings.Repeat("a ", maxText/2), 200, strings.Repeat("ahoy ", maxText/2)},
		"the longest escapes by GET":   {query, strings.Repeat("!", maxText), 200, strings.Repeat("!", maxText)},
		"a byte too long by GET":       {query, strings.Repeat("!", maxText+1), 413, tooLong},
		"the longest words by POST":    {post, strings.Repeat("a ", maxText/2), 200, inJSON(strings.Repeat("ahoy ", maxText/2))},
		"the longest escapes by POST":  {post, strings.Repeat("\x01", maxText), 200, inJSON(strings.Repeat(`\u0001`, maxText))},
		"a byte too long by POST":      {post, strings.Repeat("!", maxText+1), 413, tooLong},
		"a body much too long by POST": {post, strings.Repeat("!", maxBody+1), 413, tooLong},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer, err := test.ask(test.text)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != test.status || string(body) != test.want {
				t.Errorf("got %s and %d bytes, %.60q, want %d and %d bytes, %.60q",
					answer.Status, len(body), body, test.status, len(test.want), test.want)
			}
		})
	}
}
