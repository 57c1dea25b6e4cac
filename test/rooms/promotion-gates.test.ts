import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, type Environments, release, releaseOf } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const web = { web: { staging: "1.4.0", prod: "1.2.0" } };

async function repositoryWith(
  prod: string,
  apps: Parameters<typeof chainFiles>[1] = web,
  more: Environments = { staging: "" },
): Promise<RepositoryRef> {
  const repository = await play.repository(chainFiles({ ...more, prod }, apps));
  for (const login of ["ada", "grace"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

/** A promotion of what staging has, with the commit that it carries. */
async function asked(
  repository: RepositoryRef,
): Promise<{ promotion: PullSummary; carried: string; pull: PullSummary }> {
  const pull = await play.merged(repository);
  const carried = play.head(repository).sha;
  await play.say(pull, "/promote prod web");
  return { promotion: await play.promotion(repository), carried, pull };
}

describe("the gates of a promotion", () => {
  it("healthy and soak: say what they wait for, and pass by themselves when the time has come", async () => {
    const { github } = play;
    const repository = await repositoryWith("gates: { soak: 30m }");
    const { promotion, carried } = await asked(repository);
    await play.gatesSay(promotion, "no deployment to staging is known");
    await github.deploy({ ...repository, environment: "staging", sha: carried, state: "failure", description: "OOM" });
    await play.gatesSay(promotion, "no, the deployment to staging failed: OOM");
    await github.deploy({ ...repository, environment: "staging", sha: carried, state: "success" });
    const waiting = await play.gatesSay(promotion, /^Waiting for the soak \(ends /);
    expect(waiting.status).toBe("in_progress");
    await eventually("the body", () => /Soak.*Ends at .*UTC/.test(github.pull(promotion).body));
    // No event: the timer does it.
    await play.quiet();
    play.ahead(1_801_000);
    await play.gatesSay(promotion, /^Ready: /);
    play.ahead(0);
  });

  it("windows: say when they open, and are passed when the time has come", async () => {
    const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(new Date().getUTCDay() + 2) % 7];
    const repository = await repositoryWith(`gates: { healthy: false, windows: [{ allow: "${day} 09:00-17:00" }] }`);
    const { promotion } = await asked(repository);
    const check = await play.gatesSay(promotion, /^Waiting for the window \(opens /);
    expect(check.summary).toMatch(/opens \w{3} \d{4}-\d\d-\d\d 09:00 UTC/);
    const at = /opens \w{3} (\S+ \S+) UTC/.exec(check.summary ?? "")?.[1] ?? "";
    play.ahead(Date.parse(`${at.replace(" ", "T")}:00Z`) - Date.now() + 1_000);
    await play.nudge(repository);
    const open = await play.gatesSay(promotion, /^Ready: /);
    expect(open.summary).toContain("open until");
    play.ahead(0);
  });

  it("checks: wait for check runs and statuses of the carried commit", async () => {
    const { github } = play;
    const repository = await repositoryWith("gates: { healthy: false, checks: [e2e, load] }");
    const { promotion, carried } = await asked(repository);
    await play.gatesSay(promotion, "e2e has not reported on the promoted commit and load has not reported");
    await github.reportCheck({ ...repository, sha: carried, check: "e2e", conclusion: "failure" });
    await play.gatesSay(promotion, "e2e failed on the promoted commit");
    await github.reportCheck({ ...repository, sha: carried, check: "e2e", conclusion: "success" });
    await play.gatesSay(promotion, /^Waiting for the check /);
    await github.status({ ...repository, sha: carried, context: "load", state: "success" });
    await play.gatesSay(promotion, /^Ready: /);
  });

  it("healthy by a named check", async () => {
    const { github } = play;
    const more = { staging: "health: { check: smoke }" };
    const { promotion, carried, pull } = await asked(await repositoryWith("gates: {}", web, more));
    await play.gatesSay(promotion, "the check smoke has not reported on");
    await github.reportCheck({ ...pull, sha: carried, check: "smoke", conclusion: "success" });
    await play.gatesSay(promotion, "(check smoke)");
  });

  it("dependsOn: waits for the other app to have here what it has there, or to come along", async () => {
    const versions = { staging: "1.4.0", prod: "1.2.0" };
    const repository = await repositoryWith("gates: { healthy: false, dependsOn: [api] }", {
      web: versions,
      api: versions,
    });
    const { promotion, pull } = await asked(repository);
    await play.gatesSay(promotion, "api has 1.2.0 and staging has 1.4.0");
    await play.merged(repository, releaseOf("api", "prod", "1.4.0"));
    await play.gatesSay(promotion, /^Ready: /);
    expect(await play.say(promotion, "/status")).toContain("Ready: ");
    expect(await play.say(pull, "/status")).toContain("This change touches no app");
  });

  it("findings: must be acknowledged, for this head alone", async () => {
    const { github } = play;
    const prod = "promote: { strategy: directory, exclude: [kustomization.yaml] }\ngates: { healthy: false }";
    const files = chainFiles({ staging: "", prod }, web);
    const kustomization = (environment: string, version: string) =>
      (release(environment, version)[`apps/web/overlays/${environment}/kustomization.yaml`] ?? "").replace(
        "  - ../../base\n",
        "  - ../../base\n  - extra.yaml\n",
      );
    const claim =
      "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  resources: { requests: { storage: 1Gi } }\n";
    const config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: data\ndata: { a: b }\n";
    const repository = await play.repository({
      ...files,
      "apps/web/overlays/staging/kustomization.yaml": kustomization("staging", "1.4.0"),
      "apps/web/overlays/prod/kustomization.yaml": kustomization("prod", "1.2.0"),
      "apps/web/overlays/staging/extra.yaml": config,
      "apps/web/overlays/prod/extra.yaml": claim,
    });
    github.setPermission({ ...repository, login: "ada", permission: "write" });
    const { promotion } = await asked(repository);
    const check = await play.gatesSay(promotion, /^Waiting for 1 acknowledgement/);
    const finding = /`\/ack (\S+?)`/.exec(check.summary ?? "")?.[1] ?? "";
    expect(finding).toBe("deleted-persistent-volume-claim");
    expect(await play.say(promotion, "/ack no-such-finding")).toContain(
      `he findings are \`${finding}:web/PersistentVolumeClaim/`,
    );
    expect(await play.say(promotion, `/ack ${finding}`)).toContain("Confirmed as meant");
    await play.gatesSay(promotion, "1 risk acknowledged");
    await github.commit({ ...repository, branch: WEB, files: { "README.md": "x" }, by: "grace" });
    await play.gatesSay(promotion, /^Waiting for 1 acknowledgement/);
  });
});

describe("a change on its way through three environments", () => {
  it("is told on its own pull request, whichever promotion carries it", async () => {
    const { github } = play;
    const apps = { web: { dev: "1.4.0", staging: "1.4.0", prod: "1.2.0" } };
    const more = { dev: "", staging: "gates: { healthy: false }" };
    const repository = await repositoryWith("gates: { healthy: false, approvals: 1 }", apps, more);
    const pull = await play.merged(repository, releaseOf("web", "dev", "1.5.0"));
    await eventually("the chain", () => play.chain(pull)?.includes("comment `/promote staging`."));
    expect(play.chain(pull)).toMatch(/dev \| ✅ merged with this pull request, has `1\.5\.0`/);
    await play.say(pull, "/promote staging");
    const first = await play.promotion(repository, "sluice/promote/staging/web");
    await eventually("the chain", () => play.chain(pull)?.includes(`#${first.number} `));
    await play.gatesSay(first, /^Ready: /);
    await github.mergePull({ ...first, method: "squash", by: "grace" });
    await eventually("the chain", () => play.chain(pull)?.includes(`(#${first.number})`));

    // Asked for on the promotion, and yet the change's own pull request is told.
    await play.say(first, "/promote prod");
    const second = await play.promotion(repository);
    await eventually("the chain", () => play.chain(pull)?.includes(`⏳ #${second.number} waits for 1 approval`));
    expect(await play.say(pull, "/status")).toContain(`⏳ #${second.number} waits for 1 approval`);
    await github.mergePull({ ...second, method: "merge", by: "grace" });
    await eventually("the chain", () => play.chain(pull)?.includes(`(#${second.number})`));
    const chain = play.chain(pull) ?? "";
    expect(chain.match(/✅/g)).toHaveLength(2);
    expect(chain).toContain("merged by `grace` with approvals (0 of 1) not passed");
    expect(chain).not.toContain("/promote");
    expect(play.chain(first)).toBeUndefined();
  });
});
