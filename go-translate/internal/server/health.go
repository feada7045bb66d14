package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const healthTimeout = time.Second

// healthcheck asks the server in the same container: an image without a shell has no curl either.
// It speaks HTTP by hand because http.Client, used for nothing else here, would add 0.3 MB.
func healthcheck(port uint16) error {
	address := fmt.Sprintf("127.0.0.1:%d", port)
	connection, err := net.DialTimeout("tcp", address, healthTimeout)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(healthTimeout)); err != nil {
		return err
	}
	if _, err := io.WriteString(connection, "GET /healthz HTTP/1.0\r\n\r\n"); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return fmt.Errorf("http://%s/healthz: %w", address, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("http://%s/healthz answered %s", address, response.Status)
	}
	return nil
}
