import { describe, expect, it } from "vitest";
import { createEventLog } from "../../../src/images/event-log.ts";
import { evaluateAfterHold, IMAGE_COMMAND_CASES, type ImagePorts } from "../../../src/images/run/index.ts";
import type { HandledEvent } from "../../../src/model/events.ts";
import { TABLE } from "../../../src/webhooks/commands/table.ts";
import { type CommandWorld, commandWorld } from "../../promote/commands/world.ts";
import { memoryRecords } from "../../support/memory-records.ts";
import { firstRun } from "../../webhooks/fakes.ts";

const images = `images:
  - { image: ghcr.io/acme/web, policy: { semver: "*" }, environments: [staging], pullRequest: { group: web } }
  - { image: ghcr.io/acme/api, policy: { semver: "*" }, environments: [prod] }
`;
const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
const unit = (name: string) => ({ type: "image", ...where, defaultBranch: "main", unit: name });

function portsOf({ ports }: CommandWorld): ImagePorts {
  const records = memoryRecords();
  return { ...ports, records, eventLog: createEventLog(records, ports.clock) };
}

/** Gives `/retry` as the door does, on the pull request of that branch. */
async function retry(branch: string, close = false): Promise<{ world: CommandWorld; said: string }> {
  const world = commandWorld({ branch, images });
  if (close) world.github.closePull(7);
  const command = TABLE.find(({ name }) => name === "retry");
  const { signal } = firstRun();
  const call = {
    ...where,
    pullRequest: 7,
    actor: "ada",
    permission: "write",
    id: "comment-1-1",
    at: 0,
    signal,
  } as const;
  const said = await command?.run({ words: [], flags: {} }, call, {
    ...world.ports,
    ...portsOf(world),
    previewForks: false,
    clusters: { open: async () => undefined },
    health: { health: async () => [] },
    process: "test",
    newId: () => "operation",
  });
  return { world, said: said ?? "" };
}

describe("/retry", () => {
  it("on an image pull request asks the registry again, previews and checks it", async () => {
    const { world, said } = await retry("sluice/image/group/web");
    expect(said).toContain("asking the registry again");
    expect(world.jobs).toEqual([
      unit("group web"),
      { type: "preview", ...where, pullRequest: 7 },
      { type: "image-pull", ...where, pullRequest: 7 },
    ]);
  });

  it("on one that a person closed asks again, so that another may be opened", async () => {
    const { world } = await retry("sluice/image/group/web", true);
    expect(world.jobs).toEqual([unit("group web")]);
  });

  it("on one that the configuration no longer asks for is refused", async () => {
    await expect(retry("sluice/image/ghcr.io/acme/gone")).rejects.toMatchObject({
      kind: "not-found",
      message: "the configuration no longer asks for what this pull request brings",
    });
  });

  it("on any other pull request is the promotions' alone", async () => {
    const { world, said } = await retry("change");
    expect(said).toContain("looking at everything again");
    expect(world.jobs.map(({ type }) => type)).toEqual(["preview", "promotions", "status-comment"]);
  });

  it("is the only command that means something else for images", () => {
    expect(IMAGE_COMMAND_CASES.map(({ command }) => command)).toEqual(["retry"]);
  });
});

describe("a hold that begins or ends", () => {
  const event: HandledEvent = {
    kind: "hold.set",
    id: "hold",
    at: 0,
    ...where,
    environment: "staging",
    defaultBranch: "main",
    pullRequest: 7,
    actor: { kind: "person", login: "ada" },
    reason: "",
  };

  it("has every image evaluated again", async () => {
    const world = commandWorld({ images });
    await evaluateAfterHold(event, portsOf(world), firstRun().signal);
    expect(world.jobs).toEqual([unit("group web"), unit("ghcr.io/acme/api")]);
  });

  it("does nothing where the configuration is broken, which is said elsewhere", async () => {
    const world = commandWorld({ images: "images: nonsense\n" });
    await evaluateAfterHold(event, portsOf(world), firstRun().signal);
    expect(world.jobs).toEqual([]);
  });

  it("is thrown for a retry when the store does not take a job", async () => {
    const world = commandWorld({ images });
    const away = new Error("the store is away");
    const queue = { add: () => Promise.reject(away) };
    await expect(evaluateAfterHold(event, { ...portsOf(world), queue }, firstRun().signal)).rejects.toBe(away);
  });
});
