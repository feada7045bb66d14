"""A page, served by whoever this runs as."""

import http.server


class Page(http.server.BaseHTTPRequestHandler):
    """Says one word."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"beacon\n")


http.server.ThreadingHTTPServer(("", 8080), Page).serve_forever()
