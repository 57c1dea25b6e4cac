import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitHubEdge } from "../../../src/github/index.ts";
import { loadProbot } from "../../../src/index.ts";
import type { CommandJob } from "../../../src/model/jobs.ts";
import { runCommands } from "../../../src/webhooks/commands/run.ts";
import { receiveDelivery } from "../../../src/webhooks/receive.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, removeComments, type Start, startLocal } from "../../github/world.ts";
import { firstRun, memoryCommands, memoryEvents, memoryLog, memoryQueue } from "../fakes.ts";

let start: Start;
let world: EdgeWorld;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());
beforeEach(async () => {
  await removeComments(start);
  world = edgeWorld(start);
});

const queue = memoryQueue();

/** A comment's way: written by a person, delivered, translated, carried out. */
async function say(body: string, by: string, edges: readonly GitHubEdge[] = [world.edge]): Promise<void> {
  queue.jobs.length = 0;
  const probot = await loadProbot({ app: world.local.app, apiUrl: world.local.apiUrl, queue });
  await world.local.comment({ ...world.pull, body, by });
  const event = world.local.events.at(-1);
  await receiveDelivery(probot, {
    type: "delivery",
    id: event?.guid ?? "",
    event: event?.event ?? "",
    payload: JSON.stringify(event?.payload),
  });
  const jobs = queue.jobs.filter((job): job is CommandJob => job.type === "command");
  for (const job of jobs) {
    for (const [index, edge] of edges.entries()) {
      const { table } = memoryCommands();
      const options = { github: edge.for, events: memoryEvents(), log: memoryLog(), table, ports: { queue } };
      await runCommands(job, options, firstRun({ attempt: index + 1, firstRun: index === 0 }));
    }
  }
}

describe("a comment with commands, on GitHub", () => {
  it("gets 👀, 🚀 and one reply, however often it is carried out, at four requests and the token", async () => {
    world.local.setPermission({ ...REPOSITORY, login: "mona", permission: "triage" });
    world.asked();
    await say("/diff", "mona");
    const [token, ...asked] = world.asked();
    expect(token).toBe("POST /app/installations/{installation_id}/access_tokens");
    // 👀 and the permission are asked for at once.
    expect([...asked.slice(0, 2).toSorted(), ...asked.slice(2)]).toEqual([
      "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
      "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    ]);
    await say("/diff", "mona", [world.edge, world.edge, world.fresh()]);
    const [first, reply, second, again, ...more] = world.local.comments(world.pull);
    expect(more).toEqual([]);
    for (const one of [first, second]) expect(one?.reactions.map((each) => each.content)).toEqual(["eyes", "rocket"]);
    for (const one of [reply, again]) expect(one?.body).toContain("✅ Checking the newest commit again");
    expect(queue.jobs.filter((job) => job.type === "preview")).toHaveLength(3);
  });

  it("by somebody who may only read gets 👎 and the reason", async () => {
    world.local.setPermission({ ...REPOSITORY, login: "reader", permission: "read" });
    await say("/diff", "reader");
    const [comment, reply] = world.local.comments(world.pull);
    expect(comment?.reactions.map((each) => each.content)).toEqual(["eyes", "-1"]);
    expect(reply).toMatchObject({
      byApp: true,
      body: expect.stringContaining("`/diff` needs triage access. Ask someone who has it"),
    });
  });

  it.each([
    ["a path and a quote", "see /etc/passwd\n> /diff"],
    ["a fence", "```\n/promote prod\n```"],
    ["an HTML comment", "<!--\n/promote prod\n-->"],
    ["a fold", "<details>\n\n/promote prod\n\n</details>"],
    ["the middle of a line", "please /promote prod"],
  ])("in %s is not touched, at no request", async (_name, body) => {
    world.asked();
    await say(body, "mona");
    expect(world.local.comments(world.pull)).toMatchObject([{ reactions: [] }]);
    expect(world.asked()).toEqual([]);
  });

  it("by a stranger on a public repository comes to where the configuration is read, and gets one answer", async () => {
    await say("/promote prod\n/override soak now\n/retry", "stranger");
    const [comment, reply, ...more] = world.local.comments(world.pull);
    expect(more).toEqual([]);
    expect(comment?.reactions.map((each) => each.content)).toEqual(["eyes", "-1"]);
    expect(reply?.body).toContain("❌ **Not allowed:** `/retry` needs triage access.");
  });
});
