import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { matchRoute, routes } from "../../sandbox/routes/table.ts";

const file = new URL("../fixtures/github-openapi/operations.json", import.meta.url);
const described = Object.keys(JSON.parse(readFileSync(file, "utf8")).operations);

describe("the route table", () => {
  it("serves exactly the operations that were cut out of GitHub's description", () => {
    expect(routes.map((route) => `${route.method} ${route.template}`).sort()).toEqual([...described].sort());
  });

  it("finds every route by its own template and not by another one's", () => {
    for (const route of routes) {
      const path = route.template.replace(/\{\w+\}/g, "7");
      expect(matchRoute(route.method, path)?.route.template).toBe(route.template);
    }
  });

  it("lets refs and paths contain slashes, encoded or not", () => {
    expect(matchRoute("GET", "/repos/a/b/git/ref/heads%2Fbump%2Fx")?.params).toEqual({
      owner: "a",
      repo: "b",
      ref: "heads/bump/x",
    });
    expect(matchRoute("GET", "/repos/a/b/contents/apps/x.yaml")?.params).toMatchObject({ path: "apps/x.yaml" });
    expect(matchRoute("GET", "/repos/a/b/commits/bump/x/check-runs")?.params).toMatchObject({ ref: "bump/x" });
  });
});
