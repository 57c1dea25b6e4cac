import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import type { CommitCheck } from "../../src/model/github-repository.ts";
import { appFiles, type PromotionWorld, promotionWorld, worldConfig } from "./support/memory-world.ts";

/** Staging has 1.4.0 and prod 1.2.0 of each app, and ada asked for a promotion of web. */
async function asked(
  prod: string,
  { apps = ["web"], staging = "", files = {} }: { apps?: string[]; staging?: string; files?: object } = {},
): Promise<{ world: PromotionWorld; promotion: PullRequest; carried: string; pull: PullRequest }> {
  const versions = apps.map((app) => ({ ...appFiles(app, "staging", "1.4.0"), ...appFiles(app, "prod", "1.2.0") }));
  const world = promotionWorld({
    files: Object.assign({ ".sluice.yaml": worldConfig(prod, staging) }, ...versions, files),
  });
  const pull = await world.merge({ "docs/note.md": "x" });
  const carried = world.github.repository.branches.get("main") ?? "";
  await world.say("/promote prod web");
  const [promotion] = world.promotions("open");
  if (promotion === undefined) throw new Error("nothing opened");
  return { world, promotion, carried, pull };
}

/** Another App reports a check on a commit. */
async function report(world: PromotionWorld, sha: string, name: string, state: CommitCheck["state"]): Promise<void> {
  const before = world.github.checksOf.get(sha) ?? [];
  const completedAt = new Date(world.now()).toISOString();
  const others = before.filter((one) => one.name !== name);
  world.github.checksOf.set(sha, [...others, { name, state, completedAt, url: undefined }]);
  await world.settle();
}

describe("the gates of a promotion", () => {
  it("healthy and soak: say what they wait for, and pass by themselves when the time has come", async () => {
    const { world, promotion, carried } = await asked("gates: { soak: 30m }");
    expect(await world.gates(promotion)).toContain("no deployment to staging is known");
    await world.deploy("staging", "failure", carried, "OOM");
    expect(await world.gates(promotion)).toContain("no, the deployment to staging failed: OOM");
    await world.deploy("staging", "success", carried);
    expect(await world.gates(promotion)).toMatch(/^Waiting for the soak \(ends /);
    expect(await world.check(promotion)).toMatchObject({ status: "in_progress" });
    expect((await world.again(promotion)).body).toMatch(/Soak.*Ends at .*UTC/);
    // No event: the timer does it.
    await world.pass(31);
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
  });

  it("windows: say when they open, and are passed when the time has come", async () => {
    // The clock begins on a Monday, at 9.
    const { world, promotion } = await asked('gates: { healthy: false, windows: [{ allow: "wed 09:00-17:00" }] }');
    const waiting = await world.gates(promotion);
    expect(waiting).toMatch(/^Waiting for the window \(opens /);
    const [, day = ""] = /Opens \w{3} (\d+ \w{3}), 09:00 UTC/.exec(waiting) ?? [];
    const opens = Date.parse(`${day} ${new Date(world.now()).getUTCFullYear()} 09:00 UTC`);
    await world.pass((opens - world.now()) / 60_000 + 1);
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
    expect(await world.gates(promotion)).toContain("open until");
  });

  it("checks: wait for check runs and statuses of the carried commit", async () => {
    const { world, promotion, carried } = await asked("gates: { healthy: false, checks: [e2e, load] }");
    expect(await world.gates(promotion)).toContain(
      "e2e has not reported on the promoted commit and load has not reported",
    );
    await report(world, carried, "e2e", "failed");
    expect(await world.gates(promotion)).toContain("e2e failed on the promoted commit");
    await report(world, carried, "e2e", "passed");
    expect(await world.gates(promotion)).toMatch(/^Waiting for the check /);
    await report(world, carried, "load", "passed");
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
  });

  it("healthy by a named check", async () => {
    const { world, promotion, carried } = await asked("gates: {}", { staging: "health: { check: smoke }" });
    expect(await world.gates(promotion)).toContain("the check smoke has not reported on");
    await report(world, carried, "smoke", "passed");
    expect(await world.gates(promotion)).toContain("(check smoke)");
  });

  it("dependsOn: waits for the other app to have here what it has there, or to come along", async () => {
    const gates = "gates: { healthy: false, dependsOn: [api] }";
    const { world, promotion, pull } = await asked(gates, { apps: ["web", "api"] });
    expect(await world.gates(promotion)).toContain("api has 1.2.0 and staging has 1.4.0");
    await world.merge(appFiles("api", "prod", "1.4.0"));
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
    expect(await world.say("/status", "ada", promotion)).toContain("Ready: ");
    expect(await world.say("/status", "ada", pull)).toContain("This change touches no app");
  });

  it("findings: must be acknowledged, for this head alone", async () => {
    const claim =
      "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec: { resources: { requests: { storage: 1Gi } } }\n";
    const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: data }\ndata: { a: b }\n";
    const prod = "promote: { strategy: directory, exclude: [app.yaml] }\ngates: { healthy: false }";
    const files = { "apps/web/staging/extra.yaml": config, "apps/web/prod/extra.yaml": claim };
    const { world, promotion } = await asked(prod, { files });
    const blocked = await world.gates(promotion);
    expect(blocked).toMatch(/^Waiting for 1 acknowledgement/);
    const finding = /`\/ack (\S+?)`/.exec(blocked)?.[1] ?? "";
    expect(finding).toBe("deleted-persistent-volume-claim");
    expect(await world.say("/ack no-such-finding", "ada", promotion)).toContain(
      `he findings are \`${finding}:web/PersistentVolumeClaim/`,
    );
    expect(await world.say(`/ack ${finding}`, "ada", promotion)).toContain("Confirmed as meant");
    expect(await world.gates(promotion)).toContain("1 risk acknowledged");
    await world.push(promotion.head.ref, { "README.md": "x" }, "grace");
    await world.settle();
    expect(await world.gates(promotion)).toMatch(/^Waiting for 1 acknowledgement/);
  });
});

describe("a change on its way through three environments", () => {
  const config = `version: 1
environments:
  - name: dev
    path: apps/{app}/dev
  - name: staging
    path: apps/{app}/staging
    from: dev
    gates: { healthy: false }
  - name: prod
    path: apps/{app}/prod
    from: staging
    gates: { healthy: false, approvals: 1 }
`;

  it("is told on its own pull request, whichever promotion carries it", async () => {
    const versions = { dev: "1.4.0", staging: "1.4.0", prod: "1.2.0" };
    const files = Object.entries(versions).map(([name, version]) => appFiles("web", name, version));
    const world = promotionWorld({ files: Object.assign({ ".sluice.yaml": config }, ...files) });
    const pull = await world.merge(appFiles("web", "dev", "1.5.0"));
    const chain = () => world.comments(pull).get("chain") ?? "";
    expect(chain()).toContain("comment `/promote staging`.");
    expect(chain()).toMatch(/dev \| ✅ merged with this pull request \|/);
    await world.say("/promote staging");
    const [first] = world.promotions("open");
    if (first === undefined) throw new Error("nothing opened");
    expect(chain()).toContain(`#${first.number} `);
    await world.land(first, "grace");
    expect(chain()).toContain(`(#${first.number})`);

    // Asked for on the promotion, and yet the change's own pull request is told.
    await world.say("/promote prod", "ada", first);
    const [second] = world.promotions("open");
    if (second === undefined) throw new Error("nothing opened");
    expect(chain()).toContain(`⏳ #${second.number} waits for 1 approval`);
    expect(await world.say("/status", "ada", pull)).toContain(`⏳ #${second.number} waits for 1 approval`);
    await world.land(second, "grace");
    expect(chain()).toContain(`(#${second.number})`);
    expect(chain().match(/✅/g)).toHaveLength(2);
    expect(chain()).toContain("merged by `grace` with approvals (0 of 1) not passed");
    expect(chain()).not.toContain("/promote");
    expect(world.comments(first).get("chain")).toBeUndefined();
  });
});
