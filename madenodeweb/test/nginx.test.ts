import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readConfig } from "../server/config.ts";
import { SECURITY_HEADERS } from "../server/headers.ts";

/** A file of `nginx/`, each line's words; `nginx -t` in the build says whether it is one. */
function directives(name: string): string[][] {
  return readFileSync(`nginx/${name}`, "utf8")
    .split("\n")
    .map((line) =>
      (
        line
          .trim()
          .replace(/;$/, "")
          .match(/"[^"]*"|\S+/g) ?? []
      ).map((word) => word.replaceAll('"', "")),
    );
}

test("nginx sets the same headers as Node, and hides a service's own", () => {
  const lines = directives("headers.conf");
  const added = lines.filter(([what]) => what === "add_header");
  expect(Object.fromEntries(added.map(([, name = "", value]) => [name.toLowerCase(), value]))).toEqual(
    SECURITY_HEADERS,
  );
  // Without it an error would go without them.
  expect(added.every((line) => line.at(-1) === "always")).toBe(true);
  const hidden = lines.filter(([what]) => what === "proxy_hide_header").map(([, name = ""]) => name.toLowerCase());
  expect(hidden).toEqual(Object.keys(SECURITY_HEADERS));
});

test("nginx finds the services where Node does, and asks for the same health", () => {
  const lines = directives("services.conf");
  const otherwise = lines.find(([what]) => what === "default")?.[1];
  for (const { name, url, health } of readConfig({}).services) {
    const values = lines.filter(([what]) => what === name).map(([, value]) => value);
    expect(values).toContain(url.origin);
    expect(values.find((value) => value?.startsWith("/")) ?? otherwise).toBe(health);
  }
});
