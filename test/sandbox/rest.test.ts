import { describe, expect, it } from "vitest";

import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();
const COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments";

describe("REST", () => {
  it("refuses what is not JSON, unknown fields, missing fields and addresses that do not exist", async () => {
    const { name } = await suite.pull("shapes");
    const path = `/repos/acme/${name}/issues/1/comments`;
    const broken = await fetch(suite.github.apiUrl + path, {
      method: "POST",
      headers: { authorization: `token ${suite.token}` },
      body: "{not json",
    });
    expect(broken.status).toBe(400);
    expect(await suite.api("POST", path, { body: "x", colour: "red" })).toMatchObject({
      status: 422,
      body: { message: 'Invalid request.\n\n"colour" is not a permitted key.' },
    });
    expect((await suite.api("POST", path, {})).body.message).toContain(`"body" wasn't supplied.`);
    expect(await suite.api("GET", "/repos/acme/shapes/nothing")).toMatchObject({
      status: 404,
      body: { message: "Not Found" },
    });
    expect((await suite.api("GET", "/repos/acme/missing")).status).toBe(404);
    expect((await suite.api("GET", `/repos/acme/${name}/issues/99/comments`)).status).toBe(404);
  });

  it("pages lists with Link headers", async () => {
    const pull = await suite.pull("pages");
    for (let at = 0; at < 5; at += 1) await suite.github.comment({ ...pull, body: `comment ${at}` });
    const first = await suite.api("GET", "/repos/acme/pages/issues/1/comments?per_page=2");
    expect(first.body).toHaveLength(2);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    const second = await suite.api("GET", next.replace(suite.github.apiUrl, ""));
    expect(second.body[0].body).toBe("comment 2");
    const last = await suite.api("GET", "/repos/acme/pages/issues/1/comments?per_page=2&page=3");
    expect(last.body).toHaveLength(1);
    expect(last.headers.get("link")).not.toContain('rel="next"');
  });

  it("answers 304 to a known ETag and tells the rate limit", async () => {
    await suite.repository("etags");
    const first = await suite.api("GET", "/repos/acme/etags");
    expect(Number(first.headers.get("x-ratelimit-remaining"))).toBeLessThan(5000);
    const again = await suite.api("GET", "/repos/acme/etags", undefined, {
      "if-none-match": first.headers.get("etag") ?? "",
    });
    expect(again).toMatchObject({ status: 304, body: undefined });
    expect((await suite.api("GET", "/rate_limit")).body.rate.limit).toBe(5000);
    expect((await suite.api("GET", "/meta")).status).toBe(200);
  });

  it("counts requests by method, template and actor", async () => {
    const { name } = await suite.pull("counts");
    const before = suite.github.countRequests({ template: COMMENTS, method: "GET" });
    await suite.api("GET", `/repos/acme/${name}/issues/1/comments`);
    expect(suite.github.countRequests({ template: COMMENTS, method: "GET" })).toBe(before + 1);
    expect(suite.github.countRequests({ actor: "installation:" })).toBeGreaterThan(0);
    expect(suite.github.requests.at(-1)).toMatchObject({
      method: "GET",
      status: 200,
      actor: `installation:${suite.github.installationId}`,
    });
  });
});

describe("an injected fault", () => {
  it("performs the request and then fails it, so that a blind retry would double it", async () => {
    const pull = await suite.pull("after");
    suite.github.injectFault({ method: "POST", template: COMMENTS, effect: { kind: "after", status: 502 } });
    const path = "/repos/acme/after/issues/1/comments";
    expect((await suite.api("POST", path, { body: "once" })).status).toBe(502);
    expect(suite.github.comments(pull)).toHaveLength(1);
    expect((await suite.api("POST", path, { body: "twice" })).status).toBe(201);
  });

  it("fails requests without performing them, as often as asked", async () => {
    const pull = await suite.pull("instead");
    const path = "/repos/acme/instead/issues/1/comments";
    suite.github.injectFault({
      method: "POST",
      template: COMMENTS,
      times: 2,
      effect: { kind: "instead", status: 500 },
    });
    const statuses = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await suite.api("POST", path, { body: "x" })).status);
    expect(statuses).toEqual([500, 500, 201]);
    expect(suite.github.comments(pull)).toHaveLength(1);
  });

  it("plays the secondary limit, a slow answer and a broken connection", async () => {
    const { name } = await suite.pull("limits");
    const path = `/repos/acme/${name}/issues/1/comments`;
    suite.github.injectFault({ template: COMMENTS, effect: { kind: "secondary-limit", retryAfter: 7 } });
    const limited = await suite.api("GET", path);
    expect(limited.status).toBe(403);
    expect(limited.headers.get("retry-after")).toBe("7");
    expect(limited.body.message).toContain("secondary rate limit");
    suite.github.injectFault({ template: COMMENTS, effect: { kind: "delay", ms: 20 } });
    expect((await suite.api("GET", path)).status).toBe(200);
    suite.github.injectFault({ template: COMMENTS, effect: { kind: "reset" } });
    await expect(suite.api("GET", path)).rejects.toThrow();
  });
});
