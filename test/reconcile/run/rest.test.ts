import { afterAll, beforeAll, expect, it } from "vitest";
import { openContext } from "../../../src/change/repository-context.ts";
import type { DeployStatus } from "../../../src/model/deploy.ts";
import { reportDeploys } from "../../../src/reconcile/run/report.ts";
import { edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "../../github/world.ts";
import { where } from "../../support/memory-world.ts";
import { failed, live, progressing, reportWorld } from "./world.ts";

let start: Start;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());

it("a deploy is followed with few REST calls, and a lost answer doubles nothing (31)", async () => {
  const edge = edgeWorld(start);
  const world = reportWorld();
  const github = await edge.github();
  const context = await openContext(world.ports, where, "main", new AbortController().signal);
  const head = start.pull.baseSha;
  // What the commit renders to is played elsewhere.
  const alone = { ...context, github, targets: { ...context.targets, targets: [] } };
  const operation = { id: "op-1", app: "web", environment: "prod", head, digest: "d", startedAt: world.now() };
  const tell = async (status: DeployStatus) => {
    await reportDeploys(world.ports, alone, "prod", [{ operation, status }]);
    return edge.asked().filter((route) => route !== ROUTES.token);
  };
  const lost = { method: "POST", effect: { kind: "reset" } } as const;
  start.local.injectFault({ ...lost, template: templateOf(ROUTES.createDeployment) });
  start.local.injectFault({ ...lost, template: templateOf(ROUTES.addDeploymentStatus) });
  expect(await tell(progressing())).toEqual([
    ROUTES.listDeployments,
    ROUTES.createDeployment,
    ROUTES.listDeployments,
    ROUTES.listChecks,
    ROUTES.createCheck,
    ROUTES.createStatus,
    ROUTES.addDeploymentStatus,
    ROUTES.deploymentStatuses,
  ]);
  expect(await tell(progressing())).toEqual([]);
  const write = [ROUTES.updateCheck, ROUTES.createStatus, ROUTES.addDeploymentStatus];
  const read = [ROUTES.listDeployments, ROUTES.deploymentStatuses];
  expect(await tell(failed(world.now()))).toEqual([...read, ...write]);
  expect(await tell(live(world.now()))).toEqual([...read, ...write]);
  expect(await tell(live(world.now()))).toEqual([]);
  const [deployment, ...others] = start.local.deployments(REPOSITORY);
  expect(others).toEqual([]);
  expect(deployment).toMatchObject({
    sha: head,
    environment: "prod",
    payload: { sluice: { operation: "op-1", apps: ["web"] } },
    statuses: [{ state: "in_progress" }, { state: "failure" }, { state: "success" }],
  });
  expect(start.local.checkRuns({ ...REPOSITORY, sha: head })).toMatchObject([
    { name: "Sluice deploy", conclusion: "success", externalId: "prod" },
  ]);
});
