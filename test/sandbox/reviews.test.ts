import { describe, expect, it } from "vitest";

import { installationToken, request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

const told = (name: string, event: string) =>
  suite.github.events.filter((one) => one.event === event && JSON.stringify(one.payload).includes(`"acme/${name}"`));

describe("reviews", () => {
  it("are submitted by people, listed oldest first, and told", async () => {
    const pull = await suite.pull("submitted");
    await suite.github.review({ ...pull, by: "ada", event: "COMMENT", body: "hm" });
    const approved = await suite.github.review({ ...pull, by: "ada", event: "APPROVE" });
    expect(approved).toMatchObject({ author: "ada", state: "APPROVED", commitId: pull.headSha, dismissedFor: null });
    const { body } = await suite.api("GET", "/repos/acme/submitted/pulls/1/reviews");
    expect(body).toMatchObject([
      { user: { login: "ada", type: "User" }, state: "COMMENTED", body: "hm" },
      { id: approved.id, state: "APPROVED", commit_id: pull.headSha },
    ]);
    expect((await suite.api("GET", `/repos/acme/submitted/pulls/1/reviews/${approved.id}`)).status).toBe(200);
    expect((await suite.api("GET", "/repos/acme/submitted/pulls/1/reviews/1")).status).toBe(404);
    expect(told("submitted", "pull_request_review").map((one) => one.action)).toEqual(["submitted", "submitted"]);
    expect(told("submitted", "pull_request_review").at(-1)?.payload).toMatchObject({
      review: { state: "approved", user: { login: "ada" } },
      pull_request: { number: 1 },
    });
  });

  it("of one's own pull request are comments only, for people and for the app", async () => {
    const pull = await suite.pull("own");
    await expect(suite.github.review({ ...pull, by: "mona", event: "APPROVE" })).rejects.toMatchObject({
      status: 422,
      errors: ["Can not approve your own pull request"],
    });
    await expect(suite.github.review({ ...pull, by: "mona", event: "REQUEST_CHANGES", body: "x" })).rejects.toThrow();
    await suite.github.review({ ...pull, by: "mona", event: "COMMENT", body: "x" });
    await suite.github.commit({ ...pull, branch: "bot", files: { b: "b" } });
    await suite.api("POST", "/repos/acme/own/pulls", { title: "Bot's", head: "bot", base: "main" });
    const path = "/repos/acme/own/pulls/2/reviews";
    expect(await suite.api("POST", path, { event: "APPROVE" })).toMatchObject({
      status: 422,
      body: { errors: ["Can not approve your own pull request"] },
    });
    expect((await suite.api("POST", path, { event: "COMMENT" })).status).toBe(422);
    expect((await suite.api("POST", path, { event: "COMMENT", body: "note" })).body.user.type).toBe("Bot");
    const { token } = suite.github.user("ada");
    expect((await request(suite.github, token, "POST", path, { event: "APPROVE" })).status).toBe(404);
    suite.github.setPermission({ ...pull, login: "ada", permission: "read" });
    expect((await request(suite.github, token, "POST", path, { event: "APPROVE" })).body.state).toBe("APPROVED");
  });

  it("are dismissed with a reason, unless they are mere comments", async () => {
    const pull = await suite.pull("dismissed");
    const { id } = await suite.github.review({ ...pull, by: "ada", event: "APPROVE" });
    const comment = await suite.github.review({ ...pull, by: "ada", event: "COMMENT", body: "hm" });
    const dismiss = (review: number, body: object) =>
      suite.api("PUT", `/repos/acme/dismissed/pulls/1/reviews/${review}/dismissals`, body);
    expect((await dismiss(comment.id, { message: "no" })).body.errors).toEqual([
      "Can not dismiss a commented pull request review",
    ]);
    expect((await dismiss(id, {})).status).toBe(422);
    expect((await dismiss(id, { message: "The render changed", event: "DISMISS" })).body.state).toBe("DISMISSED");
    expect(suite.github.reviews(pull)[0]).toMatchObject({ state: "DISMISSED", dismissedFor: "The render changed" });
    expect(told("dismissed", "pull_request_review").at(-1)).toMatchObject({
      action: "dismissed",
      payload: { review: { id, state: "dismissed" }, sender: { type: "Bot" } },
    });
    const reading = await installationToken(suite.github, { permissions: { pull_requests: "read" } });
    const refused = await request(
      suite.github,
      reading,
      "PUT",
      `/repos/acme/dismissed/pulls/1/reviews/${id}/dismissals`,
      { message: "x" },
    );
    expect(refused.status).toBe(403);
  });
});

describe("requested reviewers", () => {
  it("are people and teams, told one by one, and gone once they reviewed", async () => {
    const pull = await suite.pull("requested");
    suite.github.team({ org: "acme", slug: "release", members: ["grace"] });
    suite.github.setPermission({ ...pull, login: "ada", permission: "write" });
    const path = "/repos/acme/requested/pulls/1/requested_reviewers";
    const asked = await suite.api("POST", path, { reviewers: ["ada"], team_reviewers: ["release"] });
    expect(asked).toMatchObject({
      status: 201,
      body: { requested_reviewers: [{ login: "ada" }], requested_teams: [{ slug: "release" }] },
    });
    expect((await suite.api("POST", path, { reviewers: ["ada"] })).status).toBe(201);
    expect(await suite.api("GET", path)).toMatchObject({
      status: 200,
      body: { users: [{ login: "ada" }], teams: [{ slug: "release" }] },
    });
    const requests = told("requested", "pull_request").filter((one) => one.action === "review_requested");
    expect(requests.map((one) => one.payload)).toMatchObject([
      { requested_reviewer: { login: "ada" } },
      { requested_team: { slug: "release" } },
    ]);
    await suite.github.review({ ...pull, by: "grace", event: "APPROVE" });
    expect(suite.github.pull(pull)).toMatchObject({ requestedReviewers: ["ada"], requestedTeams: [] });
    expect((await suite.api("DELETE", path, { reviewers: ["ada"] })).body.requested_reviewers).toEqual([]);
    expect(told("requested", "pull_request").at(-1)?.action).toBe("review_request_removed");
  });

  it("are refused as a whole: the author, strangers, unknown teams, teams that the app may not see", async () => {
    const pull = await suite.pull("stranger");
    suite.github.team({ org: "acme", slug: "seen", members: ["grace"] });
    suite.github.user("eve");
    const path = "/repos/acme/stranger/pulls/1/requested_reviewers";
    expect(await suite.api("POST", path, { reviewers: ["mona"] })).toMatchObject({
      status: 422,
      body: { message: "Review cannot be requested from pull request author." },
    });
    const unknown = await suite.api("POST", path, { reviewers: ["grace", "eve"] });
    expect(unknown.status).toBe(422);
    expect(unknown.body.message).toMatch(
      /^Reviews may only be requested from collaborators\. One or more of the users/,
    );
    const team = await suite.api("POST", path, { team_reviewers: ["nobody"] });
    expect(team.body.message).toContain("One or more of the teams");
    const narrow = await installationToken(suite.github, { permissions: { pull_requests: "write" } });
    const blind = await request(suite.github, narrow, "POST", path, { team_reviewers: ["seen"] });
    expect(blind.status).toBe(422);
    expect(suite.github.pull(pull)).toMatchObject({ requestedReviewers: [], requestedTeams: [] });
  });
});

describe("teams", () => {
  it("tell an app with members: read who is in them", async () => {
    await suite.repository("teams");
    suite.github.team({ org: "acme", slug: "ops", members: ["linus"], permission: "write" });
    const status = async (path: string) => (await suite.api("GET", path)).status;
    expect(await suite.api("GET", "/orgs/acme/teams/ops/memberships/Linus")).toMatchObject({
      status: 200,
      body: { state: "active", role: "member" },
    });
    expect(await status("/orgs/acme/teams/ops/memberships/eve")).toBe(404);
    expect(await status("/orgs/acme/teams/none/memberships/linus")).toBe(404);
    expect(await status("/orgs/nobody/teams/ops/memberships/linus")).toBe(404);
    expect((await suite.api("GET", "/orgs/acme/teams")).body.map((one: { slug: string }) => one.slug)).toContain("ops");
    expect((await suite.api("GET", "/orgs/acme/teams/ops")).body.members_count).toBe(1);
    expect((await suite.api("GET", "/orgs/acme/teams/ops/members")).body).toMatchObject([{ login: "linus" }]);
    expect(await status("/orgs/acme/members/linus")).toBe(204);
    expect(await status("/orgs/acme/members/eve")).toBe(404);
    expect((await suite.api("GET", "/orgs/acme/memberships/linus")).body.role).toBe("member");
    const narrow = await installationToken(suite.github, { permissions: { contents: "write" } });
    const refused = await request(suite.github, narrow, "GET", "/orgs/acme/teams/ops/memberships/linus");
    expect(refused.status).toBe(403);
  });

  it("give their members their role, until they are told anew", async () => {
    const ref = await suite.repository("roles");
    const role = async () =>
      (await suite.api("GET", `/repos/${ref.owner}/${ref.name}/collaborators/hedy/permission`)).body.role_name;
    suite.github.team({ org: "acme", slug: "core", members: ["hedy"], permission: "maintain" });
    expect(await role()).toBe("maintain");
    suite.github.team({ org: "acme", slug: "core", members: [] });
    expect(await role()).toBe("none");
  });
});
