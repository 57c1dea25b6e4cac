import { describe, expect, it } from "vitest";
import { deployCheck } from "../../../src/reconcile/text/deploy-check.ts";
import { commitStatus, deploymentStatus } from "../../../src/reconcile/text/descriptions.ts";
import { driftClosedComment, driftHealedComment, driftIssue } from "../../../src/reconcile/text/drift-issue.ts";
import { failedComment } from "../../../src/reconcile/text/failed-comment.ts";
import { keptComment } from "../../../src/reconcile/text/kept-comment.ts";
import { waitingComment } from "../../../src/reconcile/text/waiting-comment.ts";
import { lintText } from "../../support/text-lint.ts";
import {
  backup,
  deploy,
  failed,
  head,
  imageEvents,
  imageProblem,
  live,
  now,
  place,
  pod,
  progressing,
  started,
  waiting,
} from "./deploys.ts";
import { drift, replicas } from "./drifts.ts";

const commit = `[\`7b1f531\`](https://github.com/acme/shop/commit/${head})`;
/** Half past eleven in the evening of 29 November. */
const evening = started + 601_000;

function whole(text: string): string {
  expect(lintText(text).filter((problem) => !problem.startsWith("the first line has"))).toEqual([]);
  return text;
}

describe("reports of deploys", () => {
  it("deploy-success: one line for the deployment, one for the commit, no comment", () => {
    expect(deploymentStatus([deploy(live)], now)).toEqual({
      state: "success",
      description: "webapp 1.5.0 is live and healthy in prod, 3 of 3 pods (2 min)",
    });
    expect(commitStatus([deploy(live)], now)).toEqual({
      state: "success",
      description: "Deployed: webapp 1.5.0, 3 of 3 pods",
    });
  });

  it("deploy-failed: what still serves, why, what to type", () => {
    const image = failed({ problems: [imageProblem], events: imageEvents });
    expect(deploymentStatus([image], now)).toEqual({
      state: "failure",
      description: "webapp 1.5.0: image cannot be pulled. 3 of 3 pods still run 1.4.0",
    });
    expect(
      whole(failedComment([image], place, { pullRequest: 43, askedBy: "ada" }, evening)),
    ).toBe(`### ❌ prod: deploy of webapp 1.5.0 failed

**Still serving:** 1.4.0 on 3 of 3 pods.

**Reason:** pod \`webapp-6c9d7-x2x8p\` cannot pull \`ghcr.io/acme/webapp:1.5.0\`: "not found". Check that this tag exists there.

**Next:** one of
- \`/rollback prod webapp\` opens the pull request that restores 1.4.0
- push the image, then comment \`/reconcile prod webapp\`

<details><summary>Events</summary>

\`\`\`text
23:21:04  Deployment/webapp       scaled up webapp-6c9d7 to 1
23:21:05  Pod/webapp-6c9d7-x2x8p  Failed to pull image: not found
23:31:05  Deployment/webapp       ProgressDeadlineExceeded (10 min)
\`\`\`

</details>

<sub>Merged in #43 by Sluice, asked for by \`ada\` · main ${commit} · 29 Nov, 23:31 UTC</sub>
`);
  });

  it("deploy-failed-crash: the last lines of the pod", () => {
    const crash = failed(
      {
        summary: "container orders keeps crashing",
        problems: [
          {
            object: pod("orders-2"),
            reason: "CrashLoopBackOff",
            message: "container `orders` exited with code 1, 5 times in 6 min",
            lastLines: ["INFO  connecting to postgres", 'ERROR relation "refunds" does not exist'],
          },
        ],
      },
      {
        app: "orders",
        version: "2.2.0",
        before: "2.1.0",
        ready: [2, 3],
        at: Date.UTC(2026, 10, 30, 8, 14),
        head: "8a2c0f1".padEnd(40, "0"),
      },
    );
    const where = { ...place, head: crash.operation.head };
    expect(
      whole(failedComment([crash], where, { pullRequest: 56, mergedBy: "grace" }, now)),
    ).toBe(`### ❌ prod: deploy of orders 2.2.0 failed

**Still serving:** 2.1.0 on 2 of 3 pods; 1 pod of 2.2.0 keeps crashing.

**Reason:** container \`orders\` in pod \`orders-2\` exited with code 1, 5 times in 6 min. Its last lines:

\`\`\`text
INFO  connecting to postgres
ERROR relation "refunds" does not exist
\`\`\`

**Next:** one of
- \`/rollback prod orders\` opens the pull request that restores 2.1.0
- fix it in a new pull request; merging that deploys again

<sub>Merged in #56 by \`grace\` · main [\`8a2c0f1\`](https://github.com/acme/shop/commit/${where.head}) · 30 Nov, 08:14 UTC</sub>
`);
  });

  it("deploy-waiting: who holds it, until when, what ends it", () => {
    const held = deploy(waiting);
    expect(deploymentStatus([held], evening)).toEqual({
      state: "queued",
      description: "Waiting: prod is on hold by mona until 30 Nov, 08:00 UTC",
    });
    const hold = { by: "mona", reason: "big sale", until: waiting.until };
    expect(whole(waitingComment([held], "prod", hold, evening))).toBe(
      '⏸️ **Merged, not deployed yet:** `mona` holds prod until 30 Nov, 08:00 UTC: "big sale". It deploys then by itself; `/release prod` ends the hold now.\n',
    );
  });

  it("deploy-partly-pruned: what the cluster still has", () => {
    const kept = deploy({ ...live, kept: [backup] }, { app: "orders", version: "2.2.0" });
    expect(deploymentStatus([kept], now)).toEqual({
      state: "success",
      description: "orders 2.2.0 is live in prod; 1 resource kept that Git no longer has",
    });
    expect(
      whole(keptComment(kept)),
    ).toBe(`🟠 **Warning: orders 2.2.0 is live and healthy in prod; 1 resource was kept.** PersistentVolumeClaim \`orders-backup\` is no longer in Git; Sluice does not delete volume claims by itself.

**Next:** delete it with \`kubectl delete pvc orders-backup -n shop-prod\`, or bring it back to Git.
`);
  });

  it("check-deploy: the steps, for whoever looks while it runs", () => {
    const { summary, ...check } = deployCheck([deploy(progressing)], started);
    expect(check).toEqual({ status: "in_progress", title: "Deploying webapp 1.5.0 to prod: 1 of 3 pods ready" });
    expect(whole(summary)).toBe(`**Deploying webapp 1.5.0 to prod** since 23:21 UTC.

- ✅ **Compared with the cluster:** 1 resource changes
- ✅ **Applied:** Deployment \`webapp\`
- ⏳ **Health:** 1 of 3 pods ready

Fails if it is not healthy at 23:32 UTC.
`);
  });

  it.each([
    ["in_progress", undefined, "Waiting: prod is on hold by mona until 30 Nov, 08:00 UTC", deploy(waiting)],
    ["in_progress", undefined, "Deploying webapp 1.5.0 to prod: 1 of 3 pods ready", deploy(progressing)],
    ["completed", "success", "webapp 1.5.0 is live and healthy in prod, 3 of 3 pods", deploy(live)],
    ["completed", "neutral", "webapp 1.5.0 is live in prod; 1 resource kept", deploy({ ...live, kept: [backup] })],
    ["completed", "failure", "webapp 1.5.0 failed in prod: image cannot be pulled", failed()],
  ] as const)("check-titles: %s %s, %s", (status, conclusion, title, told) => {
    expect(deployCheck([told], evening)).toMatchObject({ status, title });
    expect(deployCheck([told], evening).conclusion).toBe(conclusion);
    expect(title.length).toBeLessThanOrEqual(72);
  });
});

describe("the issue of an environment that differs from Git", () => {
  const since = Date.UTC(2026, 10, 29, 14, 10);
  const context = { ...place, since, selfHeal: "off" as const };

  it("drift-open: Git → cluster, by whom, and both ways out", () => {
    const { title, body } = driftIssue(drift(), context, evening);
    expect(title).toBe("prod differs from Git: 2 resources");
    expect(whole(body)).toBe(`**prod differs from Git in 2 resources**, since 29 Nov, 14:10 UTC.

| Resource | Git → cluster |
|---|---|
| Deployment \`webapp\` | replicas \`3\` → \`5\`, by \`kubectl\` |
| ConfigMap \`orders-config\` | \`LOG_LEVEL\` \`info\` → \`debug\`, by \`kubectl\` |

**Next:** one of
- keep it: change it in Git
- undo it: comment \`/reconcile prod\`. Automatic undoing is off here (\`selfHeal\`).

<details><summary>Diffs (+2 −2)</summary>

\`\`\`diff
@@ Deployment webapp spec @@
-replicas: 3
+replicas: 5
@@ ConfigMap orders-config data @@
-LOG_LEVEL: info
+LOG_LEVEL: debug
\`\`\`

</details>

<sub>Last compared 29 Nov, 23:00 UTC with main ${commit} · updated when it changes, closed when it is gone</sub>
`);
  });

  it("drift-closed: how it ended", () => {
    const by = { pullRequest: 58, author: "bob" };
    expect(whole(driftClosedComment("prod", now, by, now))).toBe(
      "**Closed: prod matches Git again** since 30 Nov, 08:20 UTC. #58 (`bob`) brought the changes to Git.\n",
    );
    expect(driftClosedComment("prod", now, undefined, now)).toBe(
      "**Closed: prod matches Git again** since 30 Nov, 08:20 UTC.\n",
    );
  });

  it("drift-healed: what was undone, and how to make it last", () => {
    const places = [{ path: "apps/webapp/overlays/prod/scale.yaml", line: 6 }];
    expect(
      whole(driftHealedComment(drift([replicas]), context, places, evening)),
    ).toBe(`**Undone: Deployment \`webapp\` has 3 replicas again.** Somebody had set 5 with \`kubectl\` on 29 Nov, 14:10 UTC; prod undoes such changes (\`selfHeal\`).

To keep 5, set \`replicas\` in [apps/webapp/overlays/prod/scale.yaml:6](https://github.com/acme/shop/blob/main/apps/webapp/overlays/prod/scale.yaml#L6). To allow changes by hand for a while: \`/hold prod/webapp\`.
`);
  });
});
