import { describe, expect, it } from "vitest";
import { EVENTS, HANDLED } from "../../src/webhooks/register.ts";
import { sample } from "./samples.ts";

const APP = 42;
const DELIVERY = { id: "72d3162e-cc78-11e3-81ab-4c9367dc0958", at: Date.UTC(2026, 10, 23, 9) };
const OTHER = { app: { id: 7 } };
const REPOSITORY = { id: 1, name: "gitops", owner: { login: "acme" }, default_branch: "main" };
const address = { installationId: 5, repository: { owner: "acme", name: "gitops" } };
const preview = { type: "preview", ...address, pullRequest: 9 };
const gates = { type: "gates", ...address, pullRequest: 9 };
const chain = { type: "status-comment", ...address, pullRequest: 9 };
const promotions = { type: "promotions", ...address, defaultBranch: "main" };
const reconcile = { ...promotions, type: "reconcile" };

const watch = { type: "watch", ...address, defaultBranch: "main" };
const imagePull = { type: "image-pull", ...address, pullRequest: 9 };

const IMAGE = "sluice/image/webapp-0a1b2c3d";
const PROMOTION = "sluice/promote/prod/webapp";
const ROLLBACK = "sluice/rollback/prod/webapp";

/** What an event of the repository leads to. */
function jobs(event: keyof typeof EVENTS, action: string | null, parts: Record<string, unknown>): unknown {
  const shared = { repository: REPOSITORY, installation: { id: 5, node_id: "x" } };
  return EVENTS[event](sample(event, action, { ...shared, ...parts }), APP, DELIVERY);
}

function pull(head: string, base = "main", more: Record<string, unknown> = {}, repository = 1) {
  return { pull_request: { number: 9, head: { ref: head, repo: { id: repository } }, base: { ref: base }, ...more } };
}

describe("pull_request", () => {
  it.each(["opened", "ready_for_review"])("%s: a preview; of a promotion its gates too", (action) => {
    expect(jobs("pull_request", action, pull("change"))).toEqual([preview]);
    expect(jobs("pull_request", action, pull(PROMOTION))).toEqual([preview, gates]);
    expect(jobs("pull_request", action, pull(ROLLBACK))).toEqual([preview, gates]);
  });

  it("reopened: a preview; of Sluice's own that it was closed before, even if nobody saw that", () => {
    expect(jobs("pull_request", "reopened", pull("change"))).toEqual([preview]);
    expect(jobs("pull_request", "reopened", pull(PROMOTION))).toEqual([preview, { ...gates, ended: true }]);
    expect(jobs("pull_request", "reopened", pull(IMAGE))).toEqual([preview, { ...imagePull, ended: true }]);
  });

  it("of one with what is rendered: a deploy when it ended, and no preview", () => {
    const render = "sluice/render/prod/env/prod";
    expect(jobs("pull_request", "opened", pull(render, "env/prod"))).toEqual([]);
    expect(jobs("pull_request", "synchronize", pull(render, "env/prod"))).toEqual([]);
    expect(jobs("pull_request", "closed", pull(render, "env/prod", { merged: true }))).toEqual([reconcile]);
    expect(jobs("pull_request", "reopened", pull(render, "env/prod"))).toEqual([reconcile]);
    expect(jobs("pull_request", "opened", pull(render, "env/prod", {}, 2))).toEqual([preview]);
    expect(jobs("pull_request", "opened", pull(render))).toEqual([preview]);
  });

  it("of an image pull request: a preview and its check; closed: its settlement", () => {
    expect(jobs("pull_request", "opened", pull(IMAGE))).toEqual([preview, imagePull]);
    expect(jobs("pull_request", "synchronize", pull(IMAGE))).toEqual([preview, imagePull]);
    expect(jobs("pull_request", "opened", pull(IMAGE, "main", {}, 2))).toEqual([preview]);
    expect(jobs("pull_request", "closed", pull(IMAGE, "main", { merged: true }))).toEqual([
      { ...imagePull, ended: true },
      promotions,
      chain,
    ]);
  });

  it("synchronize: the same", () => {
    expect(jobs("pull_request", "synchronize", pull("change"))).toEqual([preview]);
    expect(jobs("pull_request", "synchronize", pull(PROMOTION))).toEqual([preview, gates]);
  });

  it("of a fork with a branch of that name is no promotion, nor of a fork that is gone", () => {
    expect(jobs("pull_request", "opened", pull(PROMOTION, "main", {}, 2))).toEqual([preview]);
    const gone = { pull_request: { number: 9, head: { ref: PROMOTION, repo: null }, base: { ref: "main" } } };
    expect(jobs("pull_request", "opened", gone)).toEqual([preview]);
  });

  it.each(["sluice/promoted", "sluice/configure", "x/sluice/promote/prod/webapp"])(
    "from %s is no promotion",
    (branch) => expect(jobs("pull_request", "opened", pull(branch))).toEqual([preview]),
  );

  it("edited: nothing for a title or a text, which Sluice writes itself; all for another base", () => {
    const titled = { changes: { title: { from: "old" } } };
    expect(jobs("pull_request", "edited", { ...pull(PROMOTION), ...titled })).toEqual([]);
    const moved = { changes: { base: { ref: { from: "old" }, sha: { from: "0" } } } };
    expect(jobs("pull_request", "edited", { ...pull(PROMOTION), ...moved })).toEqual([preview, gates]);
    expect(jobs("pull_request", "edited", { ...pull("change"), ...moved })).toEqual([preview]);
  });

  it("closed: the sweep where it went into the default branch, the chain when it was merged, the gates of a promotion", () => {
    const merged = { merged: true };
    const ended = { ...gates, ended: true };
    expect(jobs("pull_request", "closed", pull("change", "main", merged))).toEqual([promotions, chain]);
    expect(jobs("pull_request", "closed", pull("change"))).toEqual([promotions]);
    expect(jobs("pull_request", "closed", pull("change", "main", merged, 2))).toEqual([promotions, chain]);
    expect(jobs("pull_request", "closed", pull("change", "next", merged))).toEqual([]);
    expect(jobs("pull_request", "closed", pull(PROMOTION, "main", merged))).toEqual([ended, promotions, chain]);
    expect(jobs("pull_request", "closed", pull(ROLLBACK))).toEqual([ended, promotions]);
  });

  it("labelled, assigned or asked for a review, as Sluice itself does: nothing", () => {
    for (const action of ["labeled", "unlabeled", "assigned", "review_requested", "auto_merge_enabled", "enqueued"])
      expect(jobs("pull_request", action, pull(PROMOTION))).toEqual([]);
  });

  it("made a draft: the gates of a promotion", () => {
    expect(jobs("pull_request", "converted_to_draft", pull("change"))).toEqual([]);
    expect(jobs("pull_request", "converted_to_draft", pull(PROMOTION))).toEqual([gates]);
  });
});

describe("pull_request_review", () => {
  const review = (state: string) => ({ review: { state } });

  it("of a promotion: its gates", () => {
    expect(jobs("pull_request_review", "submitted", { ...pull(PROMOTION), ...review("approved") })).toEqual([gates]);
    const asked = { ...pull(ROLLBACK), ...review("changes_requested") };
    expect(jobs("pull_request_review", "submitted", asked)).toEqual([gates]);
    expect(jobs("pull_request_review", "edited", { ...pull(PROMOTION), ...review("approved") })).toEqual([gates]);
    expect(jobs("pull_request_review", "dismissed", { ...pull(PROMOTION), ...review("dismissed") })).toEqual([gates]);
  });

  it("of an image pull request: its check, since GitHub may merge it now", () => {
    expect(jobs("pull_request_review", "submitted", { ...pull(IMAGE), ...review("approved") })).toEqual([imagePull]);
  });

  it("that is a mere comment, or on another pull request: nothing", () => {
    expect(jobs("pull_request_review", "submitted", { ...pull(PROMOTION), ...review("commented") })).toEqual([]);
    expect(jobs("pull_request_review", "submitted", { ...pull("change"), ...review("approved") })).toEqual([]);
    expect(
      jobs("pull_request_review", "submitted", { ...pull(PROMOTION, "main", {}, 2), ...review("approved") }),
    ).toEqual([]);
  });
});

describe("push", () => {
  it("to the default branch: the sweep and a look at what images are asked for, whoever pushed, by force or not", () => {
    expect(jobs("push", null, { ref: "refs/heads/main" })).toEqual([reconcile, promotions, watch]);
    const forced = { ref: "refs/heads/main", sender: { type: "Bot" }, forced: true };
    expect(jobs("push", null, forced)).toEqual([reconcile, promotions, watch]);
  });

  it("to the state branch by a person: the sweep; by a bot, as Sluice is one: nothing", () => {
    const ref = "refs/heads/sluice-state";
    expect(jobs("push", null, { ref, sender: { type: "User" } })).toEqual([reconcile, promotions]);
    expect(jobs("push", null, { ref, sender: { type: "Bot" } })).toEqual([]);
  });

  it.each([
    `refs/heads/${PROMOTION}`,
    "refs/heads/change",
    "refs/tags/main",
    "refs/heads/x/main",
    "refs/heads/sluice-state-2",
  ])("to %s: nothing", (ref) => {
    expect(jobs("push", null, { ref, sender: { type: "User" } })).toEqual([]);
  });

  it("that deletes the branch: nothing", () => {
    expect(jobs("push", null, { ref: "refs/heads/main", deleted: true })).toEqual([]);
  });
});

describe("check_run", () => {
  const checked = (ref: string, repository = 1) => ({
    url: "https://github.test",
    id: 1,
    number: 9,
    head: { ref, sha: "0", repo: { id: repository, url: "https://github.test", name: "x" } },
    base: { ref: "main", sha: "0", repo: { id: repository, url: "https://github.test", name: "x" } },
  });
  const run = (branch: string | null, app: object, pulls: object[] = []) => ({
    check_run: { ...app, check_suite: { head_branch: branch }, pull_requests: pulls },
  });
  const OURS = { app: { id: APP } };

  it("of another App that ended on the default branch: the sweep", () => {
    expect(jobs("check_run", "completed", run("main", OTHER))).toEqual([promotions]);
  });

  it("of another App that ended on a promotion: its gates", () => {
    expect(jobs("check_run", "completed", run(PROMOTION, OTHER, [checked(PROMOTION)]))).toEqual([gates]);
    expect(jobs("check_run", "completed", run(PROMOTION, OTHER, [checked(PROMOTION, 2)]))).toEqual([]);
  });

  it("of another App elsewhere, or that begins: nothing", () => {
    expect(jobs("check_run", "completed", run("change", OTHER, [checked("change")]))).toEqual([]);
    expect(jobs("check_run", "completed", run(null, OTHER))).toEqual([]);
    expect(jobs("check_run", "created", run("main", OTHER))).toEqual([]);
    expect(jobs("check_run", "rerequested", run("main", OTHER))).toEqual([]);
  });

  it("of Sluice itself that ended: nothing, or it would wake itself for ever", () => {
    expect(jobs("check_run", "completed", run("main", OURS))).toEqual([]);
    expect(jobs("check_run", "completed", run(PROMOTION, OURS, [checked(PROMOTION)]))).toEqual([]);
  });

  it("of Sluice that somebody runs again: the preview, and the gates of a promotion", () => {
    expect(jobs("check_run", "rerequested", run("change", OURS, [checked("change")]))).toEqual([preview]);
    expect(jobs("check_run", "rerequested", run(PROMOTION, OURS, [checked(PROMOTION)]))).toEqual([preview, gates]);
    const suite = { check_suite: { app: { id: APP }, pull_requests: [checked(PROMOTION)] } };
    expect(jobs("check_suite", "rerequested", suite)).toEqual([preview, gates]);
  });
});

describe("status", () => {
  const branch = (name: string) => ({ name, commit: { sha: "0", url: "https://github.test" }, protected: false });
  const status = (state: string, ...names: string[]) => jobs("status", null, { state, branches: names.map(branch) });

  it("on the default branch or a promotion: the sweep", () => {
    for (const state of ["success", "failure", "error"]) expect(status(state, "change", "main")).toEqual([promotions]);
    expect(status("success", PROMOTION)).toEqual([promotions]);
  });

  it("that only begins, or is elsewhere: nothing", () => {
    expect(status("pending", "main")).toEqual([]);
    expect(status("success", "change")).toEqual([]);
    expect(status("success")).toEqual([]);
  });

  it("on an image pull request: a look at the repository's images", () => {
    expect(status("success", IMAGE)).toEqual([watch]);
  });

  it("on a commit of so many branches that GitHub does not name them all: the sweep, of images too", () => {
    expect(status("success", ...Array.from({ length: 10 }, (_, index) => `change-${index}`))).toEqual([
      promotions,
      watch,
    ]);
  });
});

describe("deployment_status", () => {
  it("of any state: the sweep, for health is told from it", () => {
    for (const state of ["success", "failure", "error", "in_progress"])
      expect(jobs("deployment_status", "created", { deployment_status: { state } })).toEqual([promotions]);
  });
});

describe("installation and installation_repositories", () => {
  const brief = (name: string) => ({ id: 1, node_id: "x", name, full_name: `acme/${name}`, private: true });
  const asks = (name: string) => ({ type: "watch", installationId: 5, repository: { owner: "acme", name } });
  const installation = { id: 5 };

  it("whatever happened: a look at each repository that GitHub names, whose default branch it does not say", () => {
    for (const action of ["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"]) {
      const payload = sample("installation", action, { installation, repositories: [brief("gitops"), brief("shop")] });
      expect(HANDLED.installation(payload)).toEqual([asks("gitops"), asks("shop")]);
    }
    expect(HANDLED.installation(sample("installation", "unsuspend", { installation }))).toEqual([]);
  });

  it("the same for those that were added or taken away", () => {
    const lists = { repositories_added: [brief("gitops")], repositories_removed: [] };
    const added = sample("installation_repositories", "added", { installation, ...lists });
    expect(HANDLED.installation_repositories(added)).toEqual([asks("gitops")]);
    const gone = { repositories_added: [], repositories_removed: [brief("shop")] };
    const removed = sample("installation_repositories", "removed", { installation, ...gone });
    expect(HANDLED.installation_repositories(removed)).toEqual([asks("shop")]);
  });

  it("that are not as GitHub describes them are bugs that name them", () => {
    expect(() => HANDLED.installation({})).toThrow("the payload of installation is not as expected");
    expect(() => HANDLED.installation_repositories({})).toThrow("the payload of installation_repositories is not as");
  });
});

describe("repository", () => {
  const was = (owner: string, name: string) => ({ type: "watch", installationId: 5, repository: { owner, name } });

  it("that has another name or owner: a look at what it asks for, and at what was known under the old name", () => {
    const renamed = { changes: { repository: { name: { from: "deploy" } } } };
    expect(jobs("repository", "renamed", renamed)).toEqual([watch, was("acme", "deploy")]);
    const { sender } = sample("repository", "created", { sender: { login: "globex" } });
    const moved = { changes: { owner: { from: { user: sender } } } };
    expect(jobs("repository", "transferred", moved)).toEqual([watch, was("globex", "gitops")]);
  });

  it("that has another default branch, or can be written to again: a look", () => {
    expect(jobs("repository", "edited", { changes: { default_branch: { from: "master" } } })).toEqual([watch]);
    expect(jobs("repository", "unarchived", {})).toEqual([watch]);
  });

  it("that is gone or read-only: GitHub is asked", () => {
    expect(jobs("repository", "deleted", {})).toEqual([was("acme", "gitops")]);
    expect(jobs("repository", "archived", {})).toEqual([was("acme", "gitops")]);
  });

  it("whose description or visibility changed, or that is empty: nothing", () => {
    expect(jobs("repository", "edited", { changes: { description: { from: "old" } } })).toEqual([]);
    expect(jobs("repository", "created", {})).toEqual([]);
    expect(jobs("repository", "privatized", {})).toEqual([]);
  });
});

describe("every event", () => {
  const actions = {
    check_run: "completed",
    check_suite: "rerequested",
    deployment_status: "created",
    issue_comment: "created",
    pull_request: "opened",
    pull_request_review: "submitted",
    push: null,
    registry_package: "published",
    repository: "renamed",
    status: null,
  } as const satisfies Record<keyof typeof EVENTS, string | null>;

  it.each(Object.entries(actions))(
    "%s of a repository's own webhook, without an installation, is left alone",
    (event, action) => {
      const translate = EVENTS[event as keyof typeof EVENTS];
      const parts = {
        push: { ref: "refs/heads/main" },
        pull_request: pull(PROMOTION),
        pull_request_review: { ...pull(PROMOTION), review: { state: "approved" } },
        status: {
          state: "success",
          branches: [{ name: "main", commit: { sha: "0", url: "https://x.test" }, protected: false }],
        },
        check_run: { check_run: { ...OTHER, check_suite: { head_branch: "main" } } },
      };
      const own: Readonly<Record<string, object>> = parts;
      expect(translate(sample(event, action, { repository: REPOSITORY, ...own[event] }), APP, DELIVERY)).toEqual([]);
    },
  );

  it.each(Object.keys(EVENTS))("%s that is not as GitHub describes it is a bug that names it", (event) => {
    expect(() => EVENTS[event as keyof typeof EVENTS]({}, APP, DELIVERY)).toThrow(
      `the payload of ${event} is not as expected`,
    );
  });
});
