// What the image's HEALTHCHECK runs: an image without a shell has no curl either.
import { get } from "node:http";

const port = process.env["PORT"] || "8080";

get({ port, host: "127.0.0.1", path: "/healthz", agent: false, timeout: 1500 }, (response) => {
  process.exit(response.statusCode === 200 ? 0 : 1);
})
  .on("timeout", () => process.exit(1))
  .on("error", () => process.exit(1));
