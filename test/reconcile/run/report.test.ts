import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/model/errors.ts";
import { appFiles } from "../../promote/support/memory-world.ts";
import { atEachWrite } from "../../support/deaths.ts";
import { backup } from "../text/deploys.ts";
import { failed, live, progressing, type ReportWorld, reportWorld, waiting } from "./world.ts";

const short = (sha: string) => sha.slice(0, 7);
const payload = (sha: string, app = "web") => `{"sluice":{"operation":"${app} ${short(sha)}","apps":["${app}"]}}`;
const described = (world: ReportWorld) =>
  world.github.commitStatuses.map(({ sha, state, description }) => `${short(sha)} ${state}: ${description}`);
const seconds = 1 / 60;

describe("a deploy", () => {
  it("is followed from its start until it is live, and then costs nothing", async () => {
    const world = reportWorld();
    const pull = await world.merge(appFiles("web", "prod", "1.5.0"));
    const sha = world.head();
    const begin = ["deployments", "createDeployment", "upsertCheck", "setCommitStatus", "addDeploymentStatus"];
    expect(await world.tell({ web: progressing(0) })).toEqual([...begin, "pullRequest"]);
    expect(await world.tell({ web: progressing(0) })).toEqual([]);
    await world.pass(14 * seconds);
    expect(await world.tell({ web: progressing(1) })).toEqual([]);
    await world.pass(1 * seconds);
    // The check shows each step; the Deployment says how far it is once a minute.
    expect(await world.tell({ web: progressing(1) })).toEqual(["deployments", "deploymentStatuses", "upsertCheck"]);
    await world.pass(45 * seconds);
    const write = ["upsertCheck", "setCommitStatus", "addDeploymentStatus"];
    expect(await world.tell({ web: progressing(2) })).toEqual([
      "deployments",
      "deploymentStatuses",
      ...write,
      "pullRequest",
    ]);
    const done = live(world.now());
    expect(await world.tell({ web: done })).toEqual(["deployments", "deploymentStatuses", ...write, "pullRequest"]);
    expect(await world.tell({ web: done })).toEqual([]);
    expect(world.told()).toEqual([
      [
        short(sha),
        payload(sha),
        "in_progress: Deploying web 1.5.0 to prod: 0 of 3 pods ready",
        "in_progress: Deploying web 1.5.0 to prod: 2 of 3 pods ready",
        "success: web 1.5.0 is live and healthy in prod, 3 of 3 pods (2 min)",
      ].join(" | "),
    ]);
    expect(described(world)).toEqual([
      `${short(sha)} pending: Deploying: web 1.5.0, 0 of 3 pods ready`,
      `${short(sha)} pending: Deploying: web 1.5.0, 2 of 3 pods ready`,
      `${short(sha)} success: Deployed: web 1.5.0, 3 of 3 pods`,
    ]);
    expect(world.github.checkReports.at(-1)).toMatchObject({
      headSha: sha,
      name: "Sluice deploy",
      externalId: "prod",
      conclusion: "success",
      title: "web 1.5.0 is live and healthy in prod, 3 of 3 pods",
    });
    expect(world.said(pull.number)).toEqual([]);
    const about = { environment: "prod", head: sha, apps: [{ app: "web", version: "1.5.0" }] };
    expect(world.announced()).toMatchObject([
      { kind: "deploy.started", ...about },
      { kind: "deploy.live", ...about },
    ]);
  });

  it("is not told again at a later commit that changes nothing of it", async () => {
    const world = reportWorld(["web", "api"]);
    await world.merge(appFiles("web", "prod", "1.5.0"));
    await world.tell({ web: live(world.now()) });
    await world.merge({ "README.md": "Hello" });
    expect(await world.tell({ web: live(world.now()) })).toEqual([]);
    await world.merge({ "README.md": "Hello again" });
    // In a store that was wiped, what GitHub says is read, and nothing is written.
    const { records } = world.ports;
    for (const { id } of await records.find("deploy-report", { limit: 9 })) await records.remove("deploy-report", id);
    expect(await world.tell({ web: live(world.now()) })).toEqual([
      "deployments",
      "deploymentStatuses",
      "upsertCheck",
      "pullRequest",
    ]);
    expect(world.told()).toHaveLength(1);
  });

  it("ends the one before it of the same app alone, once it is live", async () => {
    const world = reportWorld(["web", "api"]);
    await world.tell({ web: live(world.now()), api: live(world.now()) });
    await world.merge(appFiles("web", "prod", "1.5.0"));
    await world.tell({ web: progressing(), api: live(world.now()) });
    const last = () => world.told().map((line) => line.split(" | ").at(-1)?.split(":")[0]);
    expect(last()).toEqual(["success", "success", "in_progress"]);
    await world.tell({ web: live(world.now()), api: live(world.now()) });
    expect(last()).toEqual(["inactive", "success", "success"]);
    expect(world.told()[0]).toMatch(` | inactive: Replaced by ${short(world.head())}`);
  });

  it("that was on its way ends at once when a newer commit takes its place, and its commit says so", async () => {
    const world = reportWorld();
    await world.merge(appFiles("web", "prod", "1.5.0"));
    const first = world.head();
    await world.tell({ web: progressing() });
    await world.merge(appFiles("web", "prod", "1.6.0"));
    await world.tell({ web: progressing() });
    expect(world.told()[0]).toMatch(/ \| inactive: Replaced by /);
    const check = world.github.checkReports.findLast(({ headSha }) => headSha === first);
    expect(check).toMatchObject({
      conclusion: "neutral",
      title: `Replaced: ${short(world.head())} is deployed in its place`,
    });
    expect(described(world)).toContain(`${short(first)} success: Replaced by what is deployed in its place`);
  });

  it("gets a Deployment of its GitHub environment, by app where the health is told so", async () => {
    const world = reportWorld(["web", "api"], '    health: { deployment: "{app}-{environment}" }\n');
    await world.tell({ web: progressing(), api: progressing() });
    expect(world.told("web-prod")).toHaveLength(1);
    expect(world.told("api-prod")).toHaveLength(1);
    expect(world.github.commitStatuses.map(({ context, description }) => `${context} ${description}`)).toEqual([
      "sluice/prod Deploying: 0 of 2 apps live",
    ]);
  });

  it("leads people to where the app is, and those of several apps only where they share the address", async () => {
    const addresses = async (url: string, apps: readonly string[]) => {
      const world = reportWorld(apps, `    url: "${url}"\n`);
      for (const app of apps) await world.merge(appFiles(app, "prod", "1.5.0"));
      await world.tell(Object.fromEntries(apps.map((app) => [app, live(world.now())])));
      return [...new Set(world.github.addressesOf.values())];
    };
    expect(await addresses("https://{app}.example.com/", ["web"])).toEqual(["https://web.example.com/"]);
    const many = Array.from({ length: 21 }, (_, index) => `app-${index}`);
    expect(await addresses("https://{app}.example.com/", many)).toEqual([]);
    expect(await addresses("https://example.com/", many)).toEqual(["https://example.com/"]);
  });

  it("goes on where GitHub refuses to show it", async () => {
    const world = reportWorld();
    const refused = new UserError("permission", "the App may not write deployments", { fix: "accept it" });
    world.github.before("createDeployment", () => Promise.reject(refused));
    await world.tell({ web: progressing() });
    expect(world.told()).toEqual([]);
    await world.tell({ web: progressing() });
    expect(world.told()).toHaveLength(1);
  });
});

describe("a deploy that failed", () => {
  const broken = async (): Promise<ReportWorld> => {
    const world = reportWorld(["web", "api"]);
    await world.tell({ web: live(world.now()), api: live(world.now()) });
    await world.merge({ ...appFiles("web", "prod", "1.5.0"), ...appFiles("api", "prod", "1.5.0") }, "grace");
    return world;
  };
  const said = (world: ReportWorld) =>
    world.said(1).map((text) => text.split("\n").filter((line) => /^(###|- `|<sub>|\*\*(?!Next))/.test(line)));

  it("is said on the pull request that brought it, with what was live before and the way back", async () => {
    const world = await broken();
    await world.tell({ web: failed(world.now()), api: progressing() });
    expect(said(world)).toEqual([
      [
        "### ❌ prod: deploy of web 1.5.0 failed",
        "**Still serving:** 1.4.0 on 3 of 3 pods.",
        "**Reason:** image cannot be pulled.",
        "- `/rollback prod web` opens the pull request that restores 1.4.0",
        expect.stringContaining("<sub>Merged in #1 by `grace` · main [`"),
      ],
    ]);
    expect(world.told().at(-2)).toMatch(" | failure: web 1.5.0: image cannot be pulled. 3 of 3 pods still run 1.4.0");
    const [deployment] = world.github.deploymentsTo.get("prod")?.slice(1) ?? [];
    expect(world.github.statusesOf.get(deployment?.id ?? 0)?.at(-1)?.url).toMatch(/pull\/1#deploy-failed-/);
    expect(described(world).at(-1)).toMatch("failure: Failed: 1 of 2 apps: web 1.5.0, image cannot be pulled");
  });

  it("shares its comment with others of the same commit, and has a new one when it failed again", async () => {
    const world = await broken();
    const first = failed(world.now());
    await world.tell({ web: first, api: progressing() });
    await world.tell({ web: first, api: failed(world.now(), "out of memory") });
    expect(said(world)).toMatchObject([
      [
        "### ❌ prod: deploy of api 1.5.0 and web 1.5.0 failed",
        "**api 1.5.0**",
        "**Still serving:** 1.4.0 on 3 of 3 pods.",
        "**Reason:** out of memory.",
        "**web 1.5.0**",
        "**Still serving:** 1.4.0 on 3 of 3 pods.",
        "**Reason:** image cannot be pulled.",
        "- `/rollback prod api web` opens the pull requests that restore what was there",
        expect.anything(),
      ],
    ]);
    await world.tell({ web: first, api: progressing() });
    await world.tell({ web: first, api: failed(world.now(), "out of memory") });
    expect(said(world)).toHaveLength(2);
    await world.tell({ web: first, api: failed(world.now(), "out of memory") });
    expect(said(world)).toHaveLength(2);
  });

  it("is said by its commit alone where no pull request brought it", async () => {
    const world = reportWorld();
    await world.push("main", appFiles("web", "prod", "1.5.0"));
    await world.tell({ web: failed(world.now()) });
    expect([...world.github.comments.keys()]).toEqual([]);
    expect(described(world)).toHaveLength(1);
  });

  it("of a change that is broken for longer is not said again for each commit after it", async () => {
    const world = await broken();
    await world.tell({ web: failed(world.now()), api: live(world.now()) });
    await world.merge({ "README.md": "Hello" });
    await world.tell({ web: failed(world.now()), api: live(world.now()) });
    expect(world.said(2)).toEqual([]);
    expect(world.told()).toHaveLength(4);
  });
});

describe("a deploy that waits", () => {
  it("is queued, and after five minutes a comment says what for, once", async () => {
    const world = reportWorld();
    await world.merge(appFiles("web", "prod", "1.5.0"));
    await world.say("/hold prod big sale", "mona");
    await world.tell({ web: waiting });
    expect(world.told()[0]).toMatch(" | queued: Waiting: prod is on hold by mona");
    await world.pass(4);
    expect(await world.tell({ web: waiting })).toEqual([]);
    expect(world.said(1)).toEqual([]);
    await world.pass(1);
    await world.tell({ web: waiting });
    const text =
      '⏸️ **Merged, not deployed yet:** `mona` holds prod: "big sale". `/release prod` ends the hold; then it deploys by itself.\n';
    expect(world.said(1)).toEqual([text]);
    expect(await world.tell({ web: waiting })).toEqual([]);
  });
});

it("a hold says nothing of what is deployed already, nor a replaced deploy of what it never told", async () => {
  const world = reportWorld();
  await world.tell({ web: live(world.now()) });
  const before = world.told();
  await world.say("/hold prod", "mona", await world.merge({ "README.md": "Hello" }));
  await world.tell({ web: waiting });
  await world.pass(6);
  await world.tell({ web: waiting });
  await world.merge(appFiles("web", "prod", "1.5.0"));
  await world.tell({ web: { state: "superseded", by: "f".repeat(40) } });
  expect(world.told()).toEqual(before);
  expect([...world.github.comments.keys()].filter((key) => key.includes("deploy-"))).toEqual([]);
});

it("what a cluster keeps is said on the pull request after which it does, once", async () => {
  const world = reportWorld();
  await world.merge(appFiles("web", "prod", "1.5.0"));
  const state = { ...live(world.now()), kept: [backup] };
  await world.tell({ web: state });
  expect(world.said(1)).toMatchObject([
    expect.stringContaining("web 1.5.0 is live and healthy in prod; 1 resource was kept."),
  ]);
  await world.merge({ "README.md": "Hello" });
  expect(await world.tell({ web: state })).toEqual([]);
  expect(world.said(2)).toEqual([]);
});

describe("many deploys of one commit", () => {
  const names = (length: number) => Array.from({ length }, (_, index) => `app-${String(index).padStart(2, "0")}`);
  const all = (length: number, state: Parameters<ReportWorld["tell"]>[0][string]) =>
    Object.fromEntries(names(length).map((name) => [name, state]));

  it("have Deployments of their own up to twenty, and share one above", async () => {
    const world = reportWorld(names(21));
    await world.tell(all(20, progressing()));
    expect(world.told()).toHaveLength(20);
    const other = reportWorld(names(21));
    const calls = await other.tell(all(21, progressing()));
    expect(calls.filter((name) => name !== "pullRequest")).toEqual([
      "deployments",
      "createDeployment",
      "upsertCheck",
      "setCommitStatus",
      "addDeploymentStatus",
    ]);
    await other.tell({ ...all(21, live(other.now())), "app-03": progressing() });
    await other.tell(all(21, live(other.now())));
    const statuses = other.told()[0]?.split(" | ").slice(2);
    expect(statuses).toEqual(
      ["in_progress: Deploying 21 apps to prod: ", "success: 21 apps are live and healthy in prod"].map((text) =>
        expect.stringContaining(text),
      ),
    );
  });

  it("go on without those that failed, which get their own", async () => {
    const world = reportWorld(names(21));
    await world.tell(all(21, progressing()));
    const bad = failed(world.now());
    await world.tell({ ...all(21, live(world.now())), "app-03": bad });
    expect(world.told().map((line) => line.split(" | ").at(-1))).toEqual([
      "success: 20 apps are live and healthy in prod",
      "failure: app-03 1.4.0: image cannot be pulled",
    ]);
    await world.tell({ ...all(21, live(world.now())), "app-03": progressing(2) });
    await world.tell(all(21, live(world.now())));
    expect(world.told().map((line) => line.split(" | ").at(-1)?.split(":")[0])).toEqual(["success", "success"]);
    expect(world.told()).toHaveLength(2);
  });
});

it("leaves the same behind wherever the process dies, and nothing twice", async () => {
  const story = async (world: ReportWorld): Promise<void> => {
    const tell = async (states: Parameters<ReportWorld["tell"]>[0]): Promise<void> => {
      await world.tell(states).catch((error: unknown) => {
        if (!world.worker.dead) throw error;
      });
      world.worker.dead = false;
      await world.tell(states);
    };
    await world.merge(appFiles("web", "prod", "1.5.0"));
    await tell({ web: progressing() });
    await tell({ web: live(world.now()) });
    await world.merge(appFiles("web", "prod", "1.6.0"));
    await tell({ web: progressing() });
    await tell({ web: failed(world.now()) });
    await tell({ web: live(world.now()) });
  };
  const left = (world: ReportWorld) => ({
    told: world.told(),
    comments: [...world.github.comments],
    statuses: [...new Set(described(world))],
  });
  const undisturbed = reportWorld();
  await story(undisturbed);
  const wanted = left(undisturbed);
  const { names } = await atEachWrite(
    () => reportWorld(),
    story,
    async (world, died) => expect(left(world), died).toEqual(wanted),
  );
  expect(names.filter((name) => name === "addDeploymentStatus")).toHaveLength(6);
});
