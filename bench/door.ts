import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { QueueBackend } from "../src/queue/index.ts";
import { webhookPath } from "../src/web/index.ts";

/** How the door is loaded. */
export interface DoorLoad {
  readonly backend: QueueBackend;
  /** Deliveries per second, sent at their time whether or not earlier ones were answered. Default 200. */
  readonly perSecond?: number;
  /** Default 5. */
  readonly seconds?: number;
}

/**
 * Milliseconds from the first byte sent to the answer; `failed` were not answered 202. `peakMegabytes` is the server's.
 */
export interface DoorResult {
  readonly p50: number;
  readonly p99: number;
  readonly sent: number;
  readonly failed: number;
  readonly peakMegabytes: number;
}

const secret = "a secret of the benchmark";
const warmUp = 100;

/**
 * Loads the webhook door, running in a process of its own on the given store, with signed deliveries of about 20 KB.
 */
export async function benchDoor({ backend, perSecond = 200, seconds = 5 }: DoorLoad): Promise<DoorResult> {
  const script = new URL("./door-server.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, JSON.stringify(backend), secret], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const url = String((await lines.next()).value) + webhookPath;
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  for (let i = 0; i < warmUp; i++) await deliver(url, agent, makePayload(i));
  const answers = await sendAtPace(url, agent, perSecond, perSecond * seconds);
  child.stdin.end();
  const peak = Number((await lines.next()).value);
  await once(child, "exit");
  agent.destroy();
  return summarise(answers, Math.round(peak / 1024));
}

interface Timed {
  readonly milliseconds: number;
  readonly status: number;
}

async function sendAtPace(url: string, agent: Agent, perSecond: number, total: number): Promise<readonly Timed[]> {
  const answers: Promise<Timed>[] = [];
  const payloads = Array.from({ length: 50 }, (_, index) => makePayload(index));
  const start = performance.now();
  while (answers.length < total) {
    const due = Math.min(Math.floor(((performance.now() - start) / 1000) * perSecond) + 1, total);
    while (answers.length < due) answers.push(deliver(url, agent, payloads[answers.length % 50] ?? ""));
    await sleep(1);
  }
  return Promise.all(answers);
}

function deliver(url: string, agent: Agent, payload: string): Promise<Timed> {
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(payload),
    "x-github-event": "pull_request",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(payload).digest("hex")}`,
  };
  const start = performance.now();
  return new Promise((resolve) => {
    const done = (status: number) => resolve({ milliseconds: performance.now() - start, status });
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume().on("end", () => done(answer.statusCode ?? 0));
    });
    sent.on("error", () => done(0));
    sent.end(payload);
  });
}

/**
 * The size and shape of GitHub's `pull_request` payload: a few long texts, and the same three people and two
 * repositories over and over with all their URLs.
 */
function makePayload(number: number): string {
  const user = (login: string) => ({
    login,
    id: 1,
    node_id: "MDQ6VXNlcjE=",
    ...urls("https://api.github.com/users", login, 12),
  });
  const repository = {
    id: 2,
    full_name: "acme/shop",
    owner: user("acme"),
    ...urls("https://api.github.com/repos/acme/shop", "shop", 45),
  };
  const side = (ref: string) => ({
    ref,
    sha: "0123456789abcdef0123456789abcdef01234567",
    user: user("acme"),
    repo: repository,
  });
  const body = "Bump the image of the web application to its newest version.\n".repeat(10);
  const pull_request = {
    number,
    title: "Bump webapp",
    body,
    user: user("octocat"),
    head: side("bump"),
    base: side("main"),
  };
  return JSON.stringify({
    action: "synchronize",
    number,
    pull_request,
    repository,
    sender: user("octocat"),
    installation: { id: 3 },
  });
}

function urls(base: string, name: string, count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `${name}_resource_${index}_url`,
      `${base}/${name}/resource-${index}{/other_${name}}`,
    ]),
  );
}

function summarise(answers: readonly Timed[], peakMegabytes: number): DoorResult {
  const times = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.ceil(times.length * share) - 1] ?? 0) * 10) / 10;
  const failed = answers.filter(({ status }) => status !== 202).length;
  return { p50: at(0.5), p99: at(0.99), sent: answers.length, failed, peakMegabytes };
}
