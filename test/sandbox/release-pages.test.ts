import { describe, expect, it } from "vitest";

import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

async function get(path: string): Promise<string> {
  const response = await fetch(suite.github.url + path);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return text;
}

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(suite.github.url + path, {
    method: "POST",
    body: new URLSearchParams(form),
    redirect: "manual",
    headers,
  });
}

describe("the page of a pull request", () => {
  it("takes reviews and shows them, with who is asked, assigned and which labels", async () => {
    const pull = await suite.pull("reviewed");
    suite.github.team({ org: "acme", slug: "release", members: ["grace"] });
    suite.github.setPermission({ ...pull, login: "ada", permission: "write" });
    await suite.api("POST", "/repos/acme/reviewed/pulls/1/requested_reviewers", {
      reviewers: ["ada"],
      team_reviewers: ["release"],
    });
    await suite.api("PATCH", "/repos/acme/reviewed/issues/1", { labels: ["promotion"], assignees: ["mona"] });
    const before = await get("/acme/reviewed/pull/1");
    expect(before).toContain("acme/release");
    expect(before).toContain('<span class="label">promotion</span>');
    expect((await post("/acme/reviewed/pull/1/review", { by: "ada", event: "APPROVE", body: "**good**" })).status).toBe(
      303,
    );
    expect(suite.github.reviews(pull)).toMatchObject([{ author: "ada", state: "APPROVED", body: "**good**" }]);
    const after = await get("/acme/reviewed/pull/1");
    expect(after).toContain("approved these changes");
    expect(after).toContain("<strong>good</strong>");
    const [review] = suite.github.reviews(pull);
    await suite.github.dismissReview({ ...pull, id: review?.id ?? 0, message: "<b>changed</b>" });
    expect(await get("/acme/reviewed/pull/1")).toContain("dismissed this review: &lt;b&gt;changed&lt;/b&gt;");
    const own = await post("/acme/reviewed/pull/1/review", { by: "mona", event: "APPROVE" });
    expect(own.status).toBe(422);
    expect(await own.text()).toContain("Can not approve your own pull request");
  });

  it("says which rules block the merge, and lets a person queue", async () => {
    const pull = await suite.pull("ruled");
    suite.github.protect({ ...pull, requiredApprovals: 1, mergeQueue: "by-hand" });
    const blocked = await get("/acme/ruled/pull/1");
    expect(blocked).toContain("At least 1 approving review is required by reviewers with write access.");
    expect((await post("/acme/ruled/pull/1/queue", {})).status).toBe(422);
    suite.github.setPermission({ ...pull, login: "ada", permission: "write" });
    await post("/acme/ruled/pull/1/review", { by: "ada", event: "APPROVE" });
    expect(await get("/acme/ruled/pull/1")).toContain("Add to the merge queue");
    expect((await post("/acme/ruled/pull/1/queue", {})).status).toBe(303);
    expect(await get("/acme/ruled/pull/1")).toContain("In the merge queue");
    await post("/acme/ruled/pull/1/queue/run", {});
    expect(suite.github.pull(pull).merged).toBe(true);
  });

  it("marks commits that GitHub signed", async () => {
    const { body: made } = await suite.pull("signed").then((pull) =>
      suite.api("PUT", "/repos/acme/signed/contents/new.txt", {
        message: "By the app",
        content: "aGk=",
        branch: pull.headRef,
      }),
    );
    expect((await get("/acme/signed/pull/1/commits")).match(/Verified/g)).toHaveLength(1);
    expect(await get(`/acme/signed/commit/${made.commit.sha}`)).toContain("Verified");
  });
});

describe("the page of deployments", () => {
  it("lists environments and lets a person play the pipeline", async () => {
    const pull = await suite.pull("deployed");
    expect(await get("/acme/deployed/deployments")).toContain("Nothing has been deployed.");
    const form = {
      by: "mona",
      environment: "staging",
      sha: pull.baseSha,
      state: "success",
      description: "<i>live</i>",
    };
    expect((await post("/acme/deployed/deployments", form)).status).toBe(303);
    expect(suite.github.deployments(pull)).toMatchObject([
      { environment: "staging", sha: pull.baseSha, statuses: [{ state: "success", description: "<i>live</i>" }] },
    ]);
    const text = await get("/acme/deployed/deployments");
    expect(text).toContain('id="env-staging"');
    expect(text).toContain("&lt;i&gt;live&lt;/i&gt;");
    await suite.github.deploy({ ...pull, environment: "prod/eu", state: "failure" });
    expect(await get("/acme/deployed/deployments/prod%2Feu")).not.toContain('id="env-staging"');
    expect(suite.github.events.at(-1)?.event).toBe("deployment_status");
    suite.github.setPermission({ ...pull, login: "reader", permission: "read" });
    for (const wrong of [{ by: "reader" }, { sha: "nope" }])
      expect((await post("/acme/deployed/deployments", { ...form, ...wrong })).status).toBe(422);
    expect(suite.github.deployments(pull)).toHaveLength(2);
  });
});

describe("the forms", () => {
  it("are not taken from another site's page", async () => {
    const pull = await suite.pull("forged");
    const path = "/acme/forged/pull/1/merge";
    for (const origin of ["https://evil.example", "null"]) expect((await post(path, {}, { origin })).status).toBe(422);
    expect(suite.github.pull(pull).merged).toBe(false);
    expect((await post(path, {}, { origin: suite.github.url })).status).toBe(303);
    expect(suite.github.pull(pull).merged).toBe(true);
  });
});
