import { describe, expect, it } from "vitest";

import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

describe("comments", () => {
  it("may be 65,536 characters long and not one more", async () => {
    await suite.pull("long");
    const path = "/repos/acme/long/issues/1/comments";
    expect((await suite.api("POST", path, { body: "é".repeat(65_536) })).status).toBe(201);
    const tooLong = await suite.api("POST", path, { body: "é".repeat(65_537) });
    expect(tooLong.status).toBe(422);
    expect(tooLong.body.errors[0].message).toContain("maximum is 65536");
    expect((await suite.api("POST", path, { body: "  " })).status).toBe(422);
  });

  it("are read, edited and deleted, each told by a webhook", async () => {
    const pull = await suite.pull("edits");
    const { body: made } = await suite.api("POST", "/repos/acme/edits/issues/1/comments", { body: "first" });
    const path = `/repos/acme/edits/issues/comments/${made.id}`;
    expect((await suite.api("PATCH", path, { body: "second" })).body.body).toBe("second");
    expect((await suite.api("GET", path)).body.body).toBe("second");
    expect((await suite.api("PATCH", path, { body: "x".repeat(65_537) })).status).toBe(422);
    const told = suite.github.events.filter((one) => one.event === "issue_comment");
    expect(told.map((one) => one.action)).toEqual(["created", "created", "edited"]);
    expect(told.at(-1)?.payload).toMatchObject({ changes: { body: { from: "first" } }, sender: { type: "Bot" } });
    expect((await suite.api("DELETE", path)).status).toBe(204);
    expect((await suite.api("GET", path)).status).toBe(404);
    expect(suite.github.comments(pull)).toEqual([]);
  });

  it("of others cannot be edited by the app", async () => {
    const pull = await suite.pull("others");
    const { id } = await suite.github.comment({ ...pull, body: "mine", by: "octocat" });
    expect((await suite.api("PATCH", `/repos/acme/others/issues/comments/${id}`, { body: "yours" })).status).toBe(403);
  });

  it("are told since a time", async () => {
    const pull = await suite.pull("since");
    await suite.github.comment({ ...pull, body: "old" });
    const future = new Date(Date.now() + 60_000).toISOString();
    expect((await suite.api("GET", `/repos/acme/since/issues/1/comments?since=${future}`)).body).toEqual([]);
  });
});

describe("reactions", () => {
  it("are made once per person: 201, then 200", async () => {
    const pull = await suite.pull("reactions");
    const { id } = await suite.github.comment({ ...pull, body: "/help", by: "octocat" });
    const path = `/repos/acme/reactions/issues/comments/${id}/reactions`;
    const first = await suite.api("POST", path, { content: "eyes" });
    expect(first.status).toBe(201);
    expect((await suite.api("POST", path, { content: "eyes" })).status).toBe(200);
    expect((await suite.api("POST", path, { content: "thumbs" })).status).toBe(422);
    expect(suite.github.comments(pull)[0]?.reactions).toEqual([{ content: "eyes", user: "sluice[bot]" }]);
    expect((await suite.api("GET", path)).body).toHaveLength(1);
    expect((await suite.api("DELETE", `${path}/${first.body.id}`)).status).toBe(204);
    expect((await suite.api("GET", `${path}?content=eyes`)).body).toEqual([]);
  });
});
