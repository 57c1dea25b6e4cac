import { describe, expect, it } from "vitest";

import { request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("writing one file", () => {
  const put = (name: string, path: string, body: object) =>
    suite.api("PUT", `/repos/acme/${name}/contents/${path}`, { message: "Write", ...body });

  it("makes a verified commit of its own on the branch, and tells the push", async () => {
    const ref = await suite.repository("write");
    await suite.github.commit({ ...ref, branch: "sluice-state", files: { "README.md": "state\n" } });
    const made = await put("write", "environments/prod/webapp.yaml", {
      content: base64("held: true\n"),
      branch: "sluice-state",
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        content: { name: "webapp.yaml", path: "environments/prod/webapp.yaml", size: 11 },
        commit: { message: "Write", verification: { verified: true, reason: "valid" }, committer: { name: "GitHub" } },
      },
    });
    const read = await suite.api("GET", "/repos/acme/write/contents/environments/prod/webapp.yaml?ref=sluice-state");
    expect(Buffer.from(read.body.content, "base64").toString()).toBe("held: true\n");
    expect(read.body.sha).toBe(made.body.content.sha);
    expect((await suite.api("GET", "/repos/acme/write/contents/environments")).status).toBe(404);
    expect(suite.github.events.at(-1)).toMatchObject({
      event: "push",
      payload: { ref: "refs/heads/sluice-state", after: made.body.commit.sha },
    });
    const again = await put("write", "environments/prod/webapp.yaml", {
      content: base64("held: false\n"),
      branch: "sluice-state",
      sha: made.body.content.sha,
    });
    expect(again.status).toBe(200);
    expect(again.body.commit.parents).toMatchObject([{ sha: made.body.commit.sha }]);
  });

  it("is refused without the blob that is there, with another one, on a branch that is not, and for odd paths", async () => {
    await suite.repository("refuse");
    const content = base64("image: a:3\n");
    expect(await put("refuse", "values.yaml", { content })).toMatchObject({
      status: 422,
      body: { message: `Invalid request.\n\n"sha" wasn't supplied.` },
    });
    const stale = "0".repeat(40);
    expect(await put("refuse", "values.yaml", { content, sha: stale })).toMatchObject({
      status: 409,
      body: { message: `values.yaml does not match ${stale}` },
    });
    expect((await put("refuse", "new.yaml", { content, sha: stale })).status).toBe(409);
    expect(await put("refuse", "new.yaml", { content, branch: "nope" })).toMatchObject({
      status: 404,
      body: { message: "Branch nope not found" },
    });
    expect((await put("refuse", ".git/config", { content })).status).toBe(422);
    expect((await put("refuse", "new.yaml", { content: "no base64!" })).status).toBe(422);
    expect((await put("refuse", "new.yaml", { content, colour: "red" })).status).toBe(422);
  });

  it("starts an empty repository, and is not signed for people or with a named author", async () => {
    await suite.github.createRepository({ owner: "acme", name: "empty" });
    const { token } = suite.github.user("mona");
    const body = { message: "First", content: base64("hello\n") };
    const first = await request(suite.github, token, "PUT", "/repos/acme/empty/contents/README.md", body);
    expect(first).toMatchObject({ status: 201, body: { commit: { verification: { verified: false } } } });
    expect(first.body.commit.parents).toEqual([]);
    const named = await put("empty", "b", { content: "", author: { name: "A", email: "a@b.example" } });
    expect(named.body.commit).toMatchObject({ author: { name: "A" }, verification: { verified: false } });
  });

  it("keeps one of two that start from the same blob", async () => {
    await suite.repository("race");
    const { sha } = (await suite.api("GET", "/repos/acme/race/contents/values.yaml")).body;
    const answers = await Promise.all(
      ["8", "9"].map((n) => put("race", "values.yaml", { content: base64(`image: a:${n}\n`), sha })),
    );
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409]);
  });
});
