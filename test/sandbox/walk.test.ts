import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type CheckedGitHub, startCheckedGitHub } from "../support/local-github.ts";
import { appJwt, installationToken, request } from "./support/api.ts";

const run = promisify(execFile);
const REPO = { owner: "acme", name: "deploy" };

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("git", ["-c", "user.name=mona", "-c", "user.email=mona@users.noreply.local", ...args], {
    cwd,
  });
  return stdout.trim();
}

describe("the walk of a pull request", () => {
  let github: CheckedGitHub;
  let folder: string;
  let hook: Server;
  let received: { headers: Record<string, unknown>; body: string }[];

  beforeEach(async () => {
    received = [];
    hook = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        received.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString("utf8") });
        outgoing.writeHead(202).end("ok");
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
    const address = hook.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    folder = await mkdtemp(join(tmpdir(), "walk-"));
    github = await startCheckedGitHub({ webhook: { url: `http://127.0.0.1:${address.port}/hook`, secret: "s3cret" } });
    await github.createRepository({ ...REPO, files: { "app/values.yaml": "image: a:1\n" } });
  });

  afterEach(async () => {
    await new Promise((resolve) => hook.close(resolve));
    await rm(folder, { recursive: true, force: true });
    await github.close();
  });

  it("clones, pushes, opens, comments, checks and merges, with a signed webhook for each", async () => {
    const clone = join(folder, "clone");
    await git(folder, "clone", "--quiet", github.gitUrl(REPO, "mona"), clone);
    await git(clone, "checkout", "--quiet", "-b", "bump");
    await writeFile(join(clone, "app/values.yaml"), "image: a:2\n");
    await git(clone, "commit", "--quiet", "-am", "Bump a");
    await git(clone, "push", "--quiet", "origin", "bump");
    const head = await git(clone, "rev-parse", "HEAD");

    const pull = await github.openPull({ ...REPO, head: "bump", title: "Bump a to 2" });
    expect(pull).toMatchObject({ number: 1, headSha: head, state: "open", author: "mona" });
    expect(await git(clone, "ls-remote", "origin", "refs/pull/1/head")).toContain(head);

    const token = await installationToken(github, { repositories: ["deploy"] });
    const comment = await request(github, token, "POST", "/repos/acme/deploy/issues/1/comments", { body: "hello" });
    expect(comment.status).toBe(201);
    expect(comment.body.performed_via_github_app.id).toBe(github.app.id);
    expect(comment.body.user).toMatchObject({ login: "sluice[bot]", type: "Bot" });

    const check = await request(github, token, "POST", "/repos/acme/deploy/check-runs", {
      name: "sluice",
      head_sha: head,
      status: "completed",
      conclusion: "success",
      output: { title: "One change", summary: "fine" },
    });
    expect(check.status).toBe(201);
    expect(check.body.pull_requests).toHaveLength(1);

    await writeFile(join(clone, "app/values.yaml"), "image: a:3\n");
    await git(clone, "commit", "--quiet", "-am", "Bump a again");
    await git(clone, "push", "--quiet", "origin", "bump");
    const next = await git(clone, "rev-parse", "HEAD");
    const stale = await request(github, token, "PUT", "/repos/acme/deploy/pulls/1/merge", { sha: head });
    expect(stale.status).toBe(409);
    const merged = await request(github, token, "PUT", "/repos/acme/deploy/pulls/1/merge", {
      sha: next,
      merge_method: "squash",
    });
    expect(merged).toMatchObject({ status: 200, body: { merged: true } });
    await git(clone, "fetch", "--quiet", "origin");
    expect(await git(clone, "show", "origin/main:app/values.yaml")).toBe("image: a:3");

    await github.settled();
    expect(github.events.map((one) => `${one.event}.${one.action}`)).toEqual([
      "installation.created",
      "installation_repositories.added",
      "push.null",
      "push.null",
      "pull_request.opened",
      "issue_comment.created",
      "check_run.created",
      "check_run.completed",
      "push.null",
      "pull_request.synchronize",
      "pull_request.closed",
      "push.null",
    ]);
    expect(received).toHaveLength(github.events.length);
    for (const { headers, body } of received) {
      const signature = createHmac("sha256", "s3cret").update(body).digest("hex");
      expect(headers["x-hub-signature-256"]).toBe(`sha256=${signature}`);
    }
  });

  it("lists deliveries to the app and sends one again under its GUID", async () => {
    await github.settled();
    const jwt = appJwt(github);
    const list = await request(github, jwt, "GET", "/app/hook/deliveries?per_page=1");
    expect(list.body).toHaveLength(1);
    expect(list.headers.get("link")).toContain('rel="next"');
    const [first] = github.deliveries;
    if (!first) throw new Error("no delivery");
    const again = await request(github, jwt, "POST", `/app/hook/deliveries/${first.id}/attempts`);
    expect(again.status).toBe(202);
    await github.settled();
    const attempts = github.deliveries.filter((one) => one.guid === first.guid);
    expect(attempts.map((one) => one.redelivery)).toEqual([false, true]);
    const one = await request(github, jwt, "GET", `/app/hook/deliveries/${first.id}`);
    expect(one.body.request.payload).toEqual(first.payload);
  });
});
