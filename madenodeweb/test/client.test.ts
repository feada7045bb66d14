// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { catOn } from "../client/cat.ts";
import { depth, summary } from "../client/ping.ts";

test("finds the cat on the service's page", () => {
  const page = '<img src="/cats/pip.svg" alt="A drawing of Pip the cat">';
  expect(catOn(page)).toEqual({ source: "/api/cats/cats/pip.svg", caption: "A drawing of Pip the cat" });
});

test("says so when there is none", () => {
  expect(() => catOn("<p>no cat</p>")).toThrow("there is no cat");
});

test("sums up the pings, those without an answer too", () => {
  expect(summary([])).toBe("");
  expect(summary([3, 1, 2])).toBe("median 2.0 ms of 3");
  expect(summary([3, null, 1])).toBe("median 3.0 ms of 3, 1 unanswered");
});

test("sounds deeper the longer an answer takes, between the surface and the ground", () => {
  expect(depth(0)).toBeGreaterThan(0);
  expect(depth(10)).toBeLessThan(depth(100));
  expect(depth(1e6)).toBe(1);
});
