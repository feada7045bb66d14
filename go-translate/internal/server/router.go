package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"unicode/utf8"

	"example.org/plimsoll/go-translate/internal/plimsollian"
)

const (
	maxText = 1 << 20

	// Each byte of a text is at most three in a query (%20) and six in JSON (\u0020).
	maxQuery = 3 * maxText
	maxBody  = 6*maxText + 1<<10
)

var errTooLong = fmt.Errorf("the text is longer than 1 MiB (%d bytes)", maxText)

// NewRouter is the whole service, without a listener.
func NewRouter(logger *slog.Logger) http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", translateQuery)
	routes.HandleFunc("POST /translate", translateJSON)
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		answerJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	return logRequests(logger, recoverPanics(logger, routes))
}

func translateQuery(w http.ResponseWriter, r *http.Request) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "the query is malformed: "+err.Error())
		return
	case !query.Has("s"):
		refuse(w, http.StatusBadRequest, `there is no text: ask for /?s=TEXT, or POST {"text": "TEXT"} to /translate`)
		return
	}
	text := query.Get("s")
	switch {
	case len(text) > maxText:
		refuse(w, http.StatusRequestEntityTooLarge, errTooLong.Error())
	case !utf8.ValidString(text):
		refuse(w, http.StatusBadRequest, "the text is not UTF-8")
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff") // it is anybody's text, never a page
		_, _ = io.WriteString(w, plimsollian.Translate(text))
	}
}

func translateJSON(w http.ResponseWriter, r *http.Request) {
	text, err := readText(http.MaxBytesReader(w, r.Body, maxBody))
	switch {
	case errors.Is(err, errTooLong):
		refuse(w, http.StatusRequestEntityTooLarge, err.Error())
	case err != nil:
		refuse(w, http.StatusBadRequest, err.Error())
	default:
		answerJSON(w, http.StatusOK, map[string]string{"translation": plimsollian.Translate(text)})
	}
}

func readText(body io.Reader) (string, error) {
	content, err := io.ReadAll(body)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return "", errTooLong
	}
	if err != nil {
		return "", fmt.Errorf("the body did not arrive whole: %w", err)
	}
	if !utf8.Valid(content) {
		return "", errors.New("the body is not UTF-8")
	}
	var message struct {
		Text *string `json:"text"`
	}
	if err := json.Unmarshal(content, &message); err != nil {
		return "", fmt.Errorf(`the body must be JSON such as {"text": "TEXT"}: %w`, err)
	}
	if message.Text == nil {
		return "", errors.New(`the body has no "text": it must be JSON such as {"text": "TEXT"}`)
	}
	if len(*message.Text) > maxText {
		return "", errTooLong
	}
	return *message.Text, nil
}

func refuse(w http.ResponseWriter, status int, why string) {
	answerJSON(w, status, map[string]string{"error": why})
}

func answerJSON(w http.ResponseWriter, status int, answer map[string]string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(answer) // strings can always be encoded, and whoever has gone needs no answer
}
