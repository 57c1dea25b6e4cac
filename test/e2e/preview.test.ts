import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import type { LogFields, Logger } from "../../src/model/observe.ts";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { untilQuiet } from "../support/quiet.ts";
import { eventually } from "../support/wait.ts";
import { startWalk, type Walk } from "../support/walk.ts";

let redis: StoreServer | undefined;
let walk: Walk;
const lines: { readonly level: string; readonly event: unknown; readonly message: string }[] = [];
let repository: RepositoryRef;
beforeAll(async () => {
  const binary = redisBinary();
  redis = binary === undefined ? undefined : await startRedis(binary);
  const store = redis?.backend.kind === "redis" ? { REDIS_URL: redis.backend.url } : {};
  walk = await startWalk(store, { log: collecting(lines) });
  repository = await walk.repository(gitopsFiles());
});
afterAll(async () => {
  await walk?.close();
  await redis?.dispose();
});

/** A logger that keeps what is at `info` or above. */
function collecting(kept: { level: string; event: unknown; message: string }[]): Logger {
  const at = (level: string) => (fields: LogFields, message: string) => {
    kept.push({ level, event: fields.event, message });
  };
  const log = { debug: () => undefined, info: at("info"), warn: at("warn"), error: at("error"), child: () => log };
  return log;
}

describe("a pull request", () => {
  it("that changes a base gets one comment and one check on each target, for at most 8 REST calls", async () => {
    const before = walk.github.requests.length;
    const pull = await walk.propose(repository, {
      "apps/web/base/deployment.yaml": deployment({ replicas: 2, cpu: "200m" }),
    });
    const { check, comment } = await walk.answer(pull);
    expect(comment.body).toContain("cpu: 200m");
    expect(comment.body).toContain("staging");
    expect(comment.body).toContain("prod");
    expect(comment.body).toContain("checked 2 of 2");
    expect(check.conclusion).toBe("success");
    expect(walk.github.comments(pull).filter((one) => one.byApp)).toHaveLength(1);
    await walk.github.settled();
    await eventually("the line of the preview", () => lines.some(({ event }) => event === "preview.posted"));
    const about = lines.filter(({ message }) => message.includes(`#${pull.number}`));
    expect(about).toEqual([
      {
        level: "info",
        event: "preview.posted",
        message: `Preview posted on ${repository.owner}/${repository.name}#${pull.number}: checked 2 of 2`,
      },
    ]);
    // At the start Sluice asks once which repositories there are, and how their branches are protected.
    const asked = walk.github.requests.slice(before).map(({ template }) => template ?? "");
    const own = asked.filter((template) => template.startsWith("/repos/") && !template.includes("/rules/"));
    expect(own.length).toBeLessThanOrEqual(8);
  });

  it("that bumps an image in one overlay says old and new, and leaves the other alone", async () => {
    const pull = await walk.propose(repository, {
      "apps/web/overlays/prod/kustomization.yaml":
        "namespace: prod\nresources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/web\n    newTag: 1.4.0\n",
    });
    const { comment } = await walk.answer(pull);
    expect(comment.body).toContain("1.3.0");
    expect(comment.body).toContain("1.4.0");
    expect(comment.body).toContain("checked 1 of 1");
  });

  it("that deletes a claim fails the check, at the finding", async () => {
    const pull = await walk.propose(repository, {
      "apps/web/base/claim.yaml": null,
      "apps/web/base/kustomization.yaml": "resources:\n  - deployment.yaml\n",
    });
    const { check, comment } = await walk.answer(pull);
    expect(check.conclusion).toBe("failure");
    expect(comment.body).toContain("PersistentVolumeClaim");
  });

  it("is answered once for a hundred deliveries of the same event", async () => {
    const pull = await walk.propose(repository, {
      "apps/web/base/deployment.yaml": deployment({ replicas: 5, cpu: "100m" }),
    });
    const first = await walk.answer(pull);
    await untilQuiet(walk);
    const calls = walk.github.countRequests();
    const delivery = walk.github.deliveries.findLast((one) => one.event === "pull_request");
    if (delivery === undefined) throw new Error("nothing was delivered");
    const again = await Promise.all(Array.from({ length: 100 }, () => walk.github.redeliver(delivery.id)));
    expect(new Set(again.map((one) => one.statusCode))).toEqual(new Set([202]));
    await untilQuiet(walk);
    expect(walk.github.countRequests()).toBe(calls);
    expect(await walk.answer(pull)).toEqual(first);
  });

  it("that gets three pushes within a second shows the last head", async () => {
    const pull = await walk.propose(repository, {
      "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "1" }),
    });
    for (const cpu of ["2", "3", "4"]) {
      await walk.github.commit({
        ...repository,
        branch: pull.headRef,
        files: { "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu }) },
      });
    }
    const { headSha } = walk.github.pull(pull);
    const comment = await eventually("a comment on the last head", () =>
      walk.github.comments(pull).find((one) => one.byApp && one.body.includes(headSha.slice(0, 7))),
    );
    expect(comment.body).toContain("cpu: 4");
    await walk.answer(pull);
    expect(walk.github.comments(pull).filter((one) => one.byApp)).toHaveLength(1);
    expect(walk.github.checkRuns({ ...pull, sha: headSha })).toHaveLength(1);
  });

  it("that is commented with /diff is rendered again and answered", async () => {
    const pull = await walk.propose(repository, {
      "apps/web/base/deployment.yaml": deployment({ replicas: 7, cpu: "100m" }),
    });
    await walk.answer(pull);
    walk.github.setPermission({ ...repository, login: "ada", permission: "write" });
    const asked = await walk.github.comment({ ...pull, body: "/diff", by: "ada" });
    const reply = await eventually("a reply", () =>
      walk.github.comments(pull).find((one) => one.byApp && one.body.startsWith("<!-- sluice:reply-")),
    );
    expect(reply.body).toContain("Checking the newest commit again");
    const reactions = await eventually("a rocket", () => {
      const found = walk.github.comments(pull).find((one) => one.id === asked.id)?.reactions;
      return found?.some((one) => one.content === "rocket") ? found : undefined;
    });
    expect(reactions.map((one) => one.content)).toContain("eyes");
  });
});
