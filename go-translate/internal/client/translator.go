package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Longer than the server lets an answer take.
const timeout = 10 * time.Second

type translator struct {
	address string
	client  *http.Client
}

func newTranslator(base *url.URL) translator {
	return translator{base.JoinPath("translate").String(), &http.Client{Timeout: timeout}}
}

// translate asks by POST, because a long text does not fit into an address everywhere.
func (t translator) translate(ctx context.Context, text string) (string, error) {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.address, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := t.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return "", fmt.Errorf("%s: the answer did not arrive whole: %w", t.address, err)
	}

	var answer struct {
		Translation *string `json:"translation"`
		Error       string  `json:"error"`
	}
	err = json.Unmarshal(content, &answer)
	switch {
	case err == nil && answer.Error != "":
		return "", fmt.Errorf("the server refused: %s", answer.Error)
	case response.StatusCode != http.StatusOK:
		return "", fmt.Errorf("%s answered %s", t.address, response.Status)
	case err != nil || answer.Translation == nil:
		return "", fmt.Errorf("%s answered, but not with a translation", t.address)
	}
	return *answer.Translation, nil
}
