import { describe, expect, it } from "vitest";
import type { ObjectProblem } from "../../../src/model/deploy.ts";
import { deployCheck } from "../../../src/reconcile/text/deploy-check.ts";
import { commitStatus, deploymentStatus } from "../../../src/reconcile/text/descriptions.ts";
import { driftHealedComment, driftIssue } from "../../../src/reconcile/text/drift-issue.ts";
import { failedComment } from "../../../src/reconcile/text/failed-comment.ts";
import { keptComment } from "../../../src/reconcile/text/kept-comment.ts";
import { liveDiffReply } from "../../../src/reconcile/text/live-diff.ts";
import type { ToldDeploy } from "../../../src/reconcile/text/told-deploy.ts";
import { waitingComment } from "../../../src/reconcile/text/waiting-comment.ts";
import { lintText } from "../../support/text-lint.ts";
import {
  backup,
  deploy,
  failed,
  imageProblem,
  live,
  now,
  place,
  pod,
  progressing,
  started,
  waiting,
} from "./deploys.ts";
import { drift, logLevel, replicas } from "./drifts.ts";

const superseded = { state: "superseded", by: "abcdef1".padEnd(40, "0") } as const;
const noHold = { state: "waiting", reason: "the cluster prod does not answer" } as const;

function description(...deploys: readonly ToldDeploy[]): string {
  return deploymentStatus(deploys, now).description;
}

function status(...deploys: readonly ToldDeploy[]) {
  const { state, description: text } = commitStatus(deploys, now);
  return `${state}: ${text}`;
}

const many = (length: number, more: Partial<ToldDeploy> = {}) =>
  Array.from({ length }, (_, index) => ({ ...deploy(live, { app: `app-${index}` }), ...more }));

describe("what a deployment says", () => {
  it.each<readonly [string, ToldDeploy]>([
    [
      "webapp at 7b1f531 is live and healthy in prod (1 s)",
      deploy({ state: "live", since: started, changed: 0, kept: [] }, { version: "" }),
    ],
    [
      "webapp (api 1, ui 2) is live and healthy in prod, 1 of 1 pod (41 s)",
      deploy({ ...live, since: started + 41_000, readiness: { ready: 1, wanted: 1 } }, { version: "api 1, ui 2" }),
    ],
    [
      "webapp 1.5.0 is live and healthy in prod (1 h 1 min)",
      deploy({ ...live, since: started + 3_670_000, readiness: { ready: 0, wanted: 0 } }),
    ],
    ["webapp 1.5.0 is rendered to env/prod for prod", deploy(live, { branch: "env/prod" })],
    ["Deploying webapp 1.5.0 to prod", deploy({ state: "progressing", steps: [], deadline: 0 })],
    ["Waiting: the cluster prod does not answer", deploy(noHold)],
    ["Waiting: the window opens until 9", deploy({ ...waiting, reason: "the window opens until 9" })],
    ["Replaced: abcdef1 is deployed in its place", deploy(superseded)],
    ["webapp 1.5.0: refused. 1.4.0 stays as it was", failed({ summary: "refused", applied: false })],
    ["webapp 1.5.0: broken", failed({ summary: "broken" }, { before: "" })],
  ])("%s", (text, told) => {
    expect(description(told)).toBe(text);
  });

  it("has at most 140 characters, whatever others wrote", () => {
    const long = failed({ summary: "x".repeat(300) });
    expect(description(long)).toHaveLength(140);
    expect(commitStatus([long], now).description).toHaveLength(140);
    expect(deployCheck([long], now).title).toHaveLength(72);
    expect(description(failed({ summary: "a\n\u202Eb" }))).toMatch(/^webapp 1\.5\.0: a \\u\{202E\}b\./);
  });

  it("of many apps counts them, and names the first that failed", () => {
    expect(description(...many(25))).toBe("25 apps are live and healthy in prod");
    expect(description(...many(24), deploy(progressing))).toBe("Deploying 25 apps to prod: 24 live");
    expect(description(...many(23), deploy(progressing), failed())).toBe(
      "1 of 25 apps failed in prod: webapp 1.5.0, image cannot be pulled",
    );
    expect(description(...many(21, { status: noHold }))).toBe("Waiting with 21 apps: the cluster prod does not answer");
    expect(description(...many(21, { status: superseded }))).toBe("Replaced by what is deployed in its place");
  });
});

describe("what a commit's status says of an environment", () => {
  it.each<readonly [string, readonly ToldDeploy[]]>([
    ["pending: Deploying: webapp 1.5.0, 1 of 3 pods ready", [deploy(progressing)]],
    ["pending: Deploying: 1 of 2 apps live", [deploy(progressing), ...many(1)]],
    ["pending: Waiting: prod is on hold by mona until 08:00 UTC", [deploy(waiting)]],
    ["success: Deployed: app-0 1.5.0 and app-1 1.5.0", many(2)],
    ["success: Deployed: 4 apps", many(4)],
    ["failure: Failed: webapp 1.5.0, image cannot be pulled", [failed()]],
    ["failure: Failed: 1 of 3 apps: webapp 1.5.0, image cannot be pulled", [...many(2), failed()]],
    ["success: Replaced by what is deployed in its place", [deploy(superseded)]],
  ])("%s", (text, deploys) => {
    expect(status(...deploys)).toBe(text);
  });
});

describe("the check", () => {
  it("of several apps has a line for each, those that need somebody first", () => {
    const { title, summary, conclusion } = deployCheck([...many(1), deploy(progressing, { app: "b" }), failed()], now);
    expect({ title, conclusion }).toEqual({
      title: "1 of 3 apps failed in prod: webapp 1.5.0, image cannot be pulled",
      conclusion: "failure",
    });
    expect(summary).toBe(`- ❌ webapp 1.5.0: failed, image cannot be pulled
- ⏳ b 1.5.0: 1 of 3 pods ready
- ✅ app-0 1.5.0: live since 29 Nov, 23:23 UTC
`);
    expect(deployCheck(many(203), now).summary).toMatch(/\n- and 3 more\n$/);
  });

  it("of a deploy that ended says how, with its steps where it failed", () => {
    expect(deployCheck([deploy(live)], now).summary).toBe(
      "**webapp 1.5.0 is live and healthy in prod, 3 of 3 pods** since 29 Nov, 23:23 UTC; 1 resource changed.\n",
    );
    const { status: was, ...rest } = failed();
    const steps = [{ step: "apply", state: "failed", text: "ConfigMap `a`: too large" }] as const;
    expect(
      deployCheck([{ ...rest, status: { ...was, steps } }], now).summary,
    ).toBe(`**webapp 1.5.0 failed in prod: image cannot be pulled.**

**Still serving:** 1.4.0 on 3 of 3 pods.

- ❌ **Applying:** ConfigMap \`a\`: too large
`);
    expect(deployCheck([deploy(superseded)], now)).toMatchObject({ conclusion: "neutral" });
    expect(deployCheck([deploy(waiting)], now).summary).toBe(
      "**webapp 1.5.0 waits before prod:** prod is on hold by mona until 08:00 UTC.\n",
    );
  });
});

const crash = (name: string): ObjectProblem => ({
  object: pod(name),
  reason: "CrashLoopBackOff",
  message: "container `web` exited with code 1",
});

describe("the comment on a change that failed", () => {
  const comment = (...deploys: readonly ReturnType<typeof failed>[]) => failedComment(deploys, place, undefined, now);

  it("says the same problem of several pods once, and other problems after it", () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", name: "a" };
    const problems = [crash("a"), crash("b"), { object, reason: "Invalid", message: "data: Invalid value" }];
    const text = comment(failed({ problems }, { ready: [1, 3] }));
    expect(text).toContain("**Still serving:** 1.4.0 on 1 of 3 pods; 2 pods of 1.5.0 keep crashing.");
    expect(text).toContain("**Reason:** container `web` in pods `a` and `b` exited with code 1.");
    expect(text).toContain("**Also:**\n- ConfigMap `a`: data: Invalid value.");
    expect(text).not.toContain("Merged in");
  });

  it("says that nothing was changed where nothing was, and names one way where there is one", () => {
    const text = comment(failed({ applied: false, summary: "Secrets are not allowed" }, { before: "" }));
    expect(text).toContain("**Still serving:** what was there; nothing was changed.");
    expect(text).toContain("**Reason:** Secrets are not allowed.");
    expect(text).toContain("**Next:** fix it in a new pull request; merging that deploys again");
    expect(comment(failed({ kind: "timeout" }))).toContain(
      "- see what it waits for in the cluster, then comment `/reconcile prod webapp`",
    );
    const object = { apiVersion: "v1", kind: "ConfigMap", name: "a" };
    const problems = [{ object, reason: "Prune", message: "Git no longer has it" }];
    expect(comment(failed({ kind: "refused", problems }))).toContain(
      "- bring back to Git what is to stay, or comment `/reconcile prod webapp --prune` to delete it",
    );
  });

  it("of several apps names each, and rolls all of them back with one command", () => {
    const text = comment(failed(), failed({ summary: "port is taken" }, { app: "orders", version: "2.2.0" }));
    expect(text).toContain("### ❌ prod: deploy of webapp 1.5.0 and orders 2.2.0 failed");
    expect(text).toContain(
      "**orders 2.2.0**\n\n**Still serving:** 1.4.0 on 3 of 3 pods.\n\n**Reason:** port is taken.",
    );
    expect(text).toContain("- `/rollback prod webapp orders` opens the pull requests that restore what was there");
    const eight = Array.from({ length: 8 }, (_, index) => failed({}, { app: `app-${index}` }));
    expect(comment(...eight)).toContain("### ❌ prod: deploy of 8 apps failed");
    expect(comment(...eight)).toContain("**Failed too:** app-6, app-7.");
  });

  it("shows at most ten of a pod's last lines and twenty events, without what may be a secret", () => {
    const lastLines = Array.from({ length: 12 }, (_, index) => `line ${index} password=hunter${index}`);
    const events = Array.from({ length: 25 }, (_, index) => ({
      at: started + index,
      object: pod("a"),
      message: `event ${index} token: abc${index}`,
    }));
    const text = comment(failed({ problems: [{ ...crash("a"), lastLines }], events }));
    expect(text).not.toMatch(/hunter|abc\d/);
    expect(text.match(/^line \d+/gm)).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 2}`));
    expect(text.match(/event \d+/g)).toHaveLength(20);
  });

  it("fits a comment with as much as there can be of everything", () => {
    const problems = Array.from({ length: 40 }, (_, index) => ({
      ...crash(`pod-${index}`),
      message: `${"m".repeat(2_000)} ${index}`,
      reason: `${index}`,
      fix: "f".repeat(100),
      lastLines: Array.from({ length: 30 }, () => "l".repeat(2_000)),
    }));
    const events = Array.from({ length: 100 }, () => ({ at: started, object: pod("a"), message: "e".repeat(2_000) }));
    const text = comment(
      ...Array.from({ length: 300 }, (_, index) => failed({ problems, events }, { app: `app-${index}` })),
    );
    expect(text.length).toBeLessThan(60_000);
    expect(lintText(text)).toEqual([]);
  });
});

describe("the comment on a change that waits", () => {
  it("says what for, and of whom where the apps wait for different things", () => {
    expect(waitingComment([deploy(noHold)], "prod", undefined, now)).toBe(
      "⏳ **Merged, not deployed yet:** the cluster prod does not answer. It deploys by itself when that is over.\n",
    );
    const other = deploy({ ...noHold, reason: "orders is not live" }, { app: "web" });
    expect(waitingComment([deploy(noHold), other], "prod", undefined, now)).toContain(
      "webapp: the cluster prod does not answer. web: orders is not live. It deploys",
    );
    const hold = { by: "mona", reason: "", app: "webapp" };
    expect(waitingComment([deploy(waiting)], "prod", hold, now)).toBe(
      "⏸️ **Merged, not deployed yet:** `mona` holds webapp in prod. `/release prod/webapp` ends the hold; then it deploys by itself.\n",
    );
  });
});

describe("the comment on what is kept", () => {
  const kept = (...names: readonly string[]) =>
    keptComment(deploy({ ...live, kept: names.map((name) => ({ ...backup, object: { ...backup.object, name } })) }));

  it("lists several, with the commands", () => {
    const text = kept("a", "b");
    expect(text).toContain("2 resources were kept.**\n\n- PersistentVolumeClaim `a` is no longer in Git;");
    expect(text).toContain("```sh\nkubectl delete pvc a -n shop-prod\nkubectl delete pvc b -n shop-prod\n```");
    expect(kept(...Array.from({ length: 30 }, (_, index) => `a${index}`))).toContain("- and 10 more");
  });

  it.each(["a; rm -rf /", "-o yaml", "$(id)", "a b"])(
    "gives no command for a name that no shell may read: %s",
    (name) => {
      expect(kept(name)).toContain("**Next:** delete it in the cluster, or bring it back to Git.");
      expect(kept(name, "fine")).toContain("```sh\nkubectl delete pvc fine -n shop-prod\n```");
    },
  );
});

describe("the issue", () => {
  const context = { ...place, since: started, selfHeal: "on" as const };

  it("says what is missing, how many lines differ where there is no short word for it, and counts rows", () => {
    const { fields: _fields, ...change } = replicas.change;
    const missing = { ...replicas, by: undefined, change: { ...change, action: "removed" as const } };
    const { body } = driftIssue(drift([missing, { ...replicas, change }, logLevel]), context, now);
    expect(body).toContain("| Deployment `webapp` | missing in the cluster |");
    expect(body).toContain("| Deployment `webapp` | +1 −1 lines, by `kubectl` |");
    expect(body).toContain("- undo it: Sluice does that by itself (`selfHeal`)\n");
    const all = driftIssue(drift(Array.from({ length: 30 }, () => replicas)), context, now);
    expect(all.title).toBe("prod differs from Git: 30 resources");
    expect(all.body).toContain("| and 10 more | |");
    const long = { ...replicas, change: { ...replicas.change, diff: `@@ spec @@\n${"-a\n".repeat(9_000)}` } };
    const cut = driftIssue(drift([long, long, logLevel]), context, now).body;
    expect(cut).toContain("<summary>Diffs (+3 −3), shown here: 1 of 3</summary>");
    expect(cut.length).toBeLessThan(60_000);
  });

  it("says what Sluice undoes no more, and what goes on from there", () => {
    const field = { app: "webapp", kind: "Deployment", name: "webapp", path: "spec.replicas", by: "keda" };
    const gone = { app: "orders", kind: "ConfigMap", name: "orders-config" };
    const contested = [field, gone, ...Array.from({ length: 6 }, () => gone)];
    const { body } = driftIssue(drift(), { ...context, selfHeal: "partly", contested }, now);
    expect(body).toContain(`**Not undone any more:** somebody changes this again whenever Sluice has set it back.
- Deployment \`webapp\`: \`spec.replicas\` is changed by \`keda\`
- ConfigMap \`orders-config\`: is deleted`);
    expect(body).toContain(`- and 2 more

Sluice undoes nothing of webapp and orders until somebody comments \`/reconcile prod webapp\` and \`/reconcile prod orders\`, or Git changes there.

**Next:** one of
- keep it: change it in Git
- undo it: comment \`/reconcile prod\`.`);
  });

  it("says of a deleted object that it is there again", () => {
    const { fields: _fields, ...change } = logLevel.change;
    const gone = { ...logLevel, by: undefined, change: { ...change, action: "removed" as const } };
    expect(driftHealedComment(drift([gone]), context, [], now)).toContain(
      "**Undone: ConfigMap `orders-config` is there again.** Somebody had deleted it; prod undoes such changes",
    );
  });

  it("says what was undone of several resources", () => {
    expect(
      driftHealedComment(drift(), context, [], now),
    ).toBe(`- **Undone: Deployment \`webapp\` has 3 replicas again.** Somebody had set 5 with \`kubectl\` on 29 Nov, 14:10 UTC; prod undoes such changes (\`selfHeal\`).
- **Undone: ConfigMap \`orders-config\` has LOG&#95;LEVEL info again.** Somebody had set debug with \`kubectl\`; prod undoes such changes (\`selfHeal\`).

To keep a change, make it in Git. To allow changes by hand for a while: \`/hold prod/webapp\` and \`/hold prod/orders\`.
`);
  });
});

describe("what others wrote", () => {
  const evil = "<!-- sluice:gates --> </details> @acme/all #1 [x](https://evil.test) `code` | ```\n### Merged";
  const object = { apiVersion: "v1", kind: evil, name: evil, namespace: evil };
  const problem = { object, reason: evil, message: evil, fix: evil, lastLines: [evil] };
  const bad = failed(
    { summary: evil, problems: [problem, imageProblem], events: [{ at: started, object, message: evil }] },
    { app: evil, version: evil, before: evil, ready: [1, 3] },
  );
  const driftOf = {
    ...replicas,
    app: evil,
    by: evil,
    change: { ...replicas.change, kind: evil, name: evil, fields: [{ name: evil, path: evil, from: evil, to: evil }] },
  };
  const where = { ...place, environment: evil };
  const steps = [{ step: "apply", state: "done", text: evil }] as const;

  it.each([
    ["failed", failedComment([bad, bad], where, { pullRequest: 1, mergedBy: evil, askedBy: evil }, now)],
    ["waiting", waitingComment([deploy({ ...waiting, reason: evil }, { app: evil })], evil, undefined, now)],
    ["held", waitingComment([], evil, { by: evil, reason: evil, app: evil }, now)],
    [
      "kept",
      keptComment(
        deploy(
          {
            ...live,
            kept: [
              { object, reason: evil },
              { object, reason: evil },
            ],
          },
          { app: evil },
        ),
      ),
    ],
    ["check", deployCheck([deploy({ ...progressing, steps }, { app: evil, environment: evil })], now).summary],
    ["failed check", deployCheck([bad], now).summary],
    ["shared check", deployCheck([bad, bad], now).summary],
    [
      "drift",
      driftIssue(
        { ...drift([driftOf, replicas]), environment: evil },
        { ...place, since: now, selfHeal: "off" as const },
        now,
      ).body,
    ],
    [
      "contested",
      driftIssue(
        { ...drift([driftOf]), environment: evil },
        {
          ...place,
          since: now,
          selfHeal: "partly",
          contested: [{ app: evil, kind: evil, name: evil, path: evil, by: evil }],
        },
        now,
      ).body,
    ],
    [
      "live diff",
      liveDiffReply(
        {
          ...where,
          compared: [{ app: evil, live: false, objects: [driftOf], unknown: 1 }],
          uncompared: [{ app: evil, why: "unseen" }],
        },
        now,
      ),
    ],
    ["healed", driftHealedComment({ ...drift([driftOf]), environment: evil }, place, [{ path: evil, line: 1 }], now)],
  ])("is inert in the text %s", (_name, text) => {
    expect(text).not.toContain("<!-- sluice");
    const prose = text.replaceAll(/^(`{3,})[a-z]*\n[\s\S]*?\n\1$/gm, "").replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
    expect(prose).not.toMatch(/@acme|#1\b(?! by)|<\/?(?!details|\/details|summary|sub)\w|\]\(https:\/\/evil/);
    expect(text.match(/^### /gm)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(prose.match(/<details/g)?.length).toBe(prose.match(/<\/details/g)?.length);
    expect(lintText(text).filter((one) => /^(?:a block is not closed|a table)/.test(one))).toEqual([]);
  });
});
