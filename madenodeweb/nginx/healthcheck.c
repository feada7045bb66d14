// What the HEALTHCHECK of `static` runs: is the page's server well, and does it say so in time?
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static const char REQUEST[] = "GET /healthz HTTP/1.0\r\n\r\n";
static const char WELL[] = "HTTP/1.1 200 ";

int main(void) {
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons(8080),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  struct timeval patience = {.tv_sec = 1, .tv_usec = 500000};
  char answer[sizeof WELL - 1];
  int server = socket(AF_INET, SOCK_STREAM, 0);

  // A frozen server still has its connections accepted, by the kernel: it is the answer that does not come.
  return setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
         setsockopt(server, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
         connect(server, (struct sockaddr *)&address, sizeof address) != 0 ||
         send(server, REQUEST, sizeof REQUEST - 1, 0) != sizeof REQUEST - 1 ||
         recv(server, answer, sizeof answer, MSG_WAITALL) != sizeof answer ||
         memcmp(answer, WELL, sizeof answer) != 0;
}
