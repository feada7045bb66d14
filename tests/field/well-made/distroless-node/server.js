const http = require("node:http");

const server = http.createServer((request, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ tide: "high", path: request.url }) + "\n");
});

server.listen(3000, () => console.log("listening on 3000"));

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => server.close(() => process.exit(0)));
}
