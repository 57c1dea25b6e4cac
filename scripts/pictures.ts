// Renews docs/images: plays the demo, and has a Chromium on this machine take its pages.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ADMIN_TOKEN } from "../src/cli/demo/repository.ts";

/** How long the demo, the browser and each page may take, in milliseconds. */
const patience = 300_000;

const root = join(import.meta.dirname, "..");

interface Picture {
  readonly file: string;
  readonly width: number;
  readonly url: string;
  /** A script that gives the rectangle of the page to keep. */
  readonly part: string;
  /** The page opens with this header. */
  readonly authorization?: string;
}

const rectangle = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-pictures-"));
  const children: ChildProcess[] = [];
  try {
    const demo = await playDemo(join(folder, "demo"), children);
    const browser = await openBrowser(join(folder, "browser"), children);
    for (const picture of await picturesOf(demo)) await take(browser, picture);
    browser.close();
  } finally {
    await Promise.all(children.map(ended));
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Demo {
  readonly github: string;
  readonly registry: string;
  readonly events: string;
}

/** Plays the demo to its end; it stays up. */
async function playDemo(folder: string, children: ChildProcess[]): Promise<Demo> {
  const args = [join(root, "src", "cli.ts"), "demo", "--data", folder];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await until("the demo is played", async () => said.includes("Ctrl-C ends the demo") || undefined);
  const find = (pattern: RegExp) => pattern.exec(said)?.[1] ?? "";
  return {
    github: find(/A GitHub on this machine: (\S+)/),
    registry: find(/container registry on this machine: (\S+)/),
    events: find(/Ask (\S+) why/),
  };
}

/** What is in the documents. Asks why a pre-release gets no pull request first. */
async function picturesOf({ github, registry, events }: Demo): Promise<readonly Picture[]> {
  const asked = { repository: "acme/orders", tag: "2.3.0-rc.1" };
  await fetch(`${registry}/-/push`, { method: "POST", body: new URLSearchParams(asked), redirect: "manual" });
  const query = new URLSearchParams({ image: "ghcr.io/acme/orders", tag: asked.tag });
  const authorization = `Bearer ${ADMIN_TOKEN}`;
  await until("the event log has an answer", async () => {
    const answer = await fetch(`${events}.json?${query}`, { headers: { authorization } });
    return (await answer.text()).includes("not-chosen") || undefined;
  });
  const shop = `${github}/acme/shop`;
  const pull = async (title: string) => {
    const lists = [`${shop}/pulls`, `${shop}/pulls?state=closed`];
    const pages = await Promise.all(lists.map(async (list) => (await fetch(list)).text()));
    const number = new RegExp(`/pull/(\\d+)"[^>]*>${title}`).exec(pages.join("\n"))?.[1];
    if (number === undefined) throw new Error(`the demo has no pull request "${title}"`);
    return `${shop}/pull/${number}`;
  };
  return [
    { file: "comment.png", width: 1280, url: await pull("Tidy up orders"), part: entry(1) },
    { file: "image-bump.png", width: 1280, url: await pull("Update orders in staging"), part: downTo(0) },
    { file: "promotion.png", width: 1280, url: await pull("Promote orders to prod"), part: downTo(1) },
    { file: "events.png", width: 1160, url: `${events}?${query}`, part: whole, authorization },
  ];
}

/** An entry of a conversation with the picture of who wrote it, which stands on its left, and some air around it. */
function entry(index: number): string {
  return `(() => { const { x, y, width, height } = document.querySelectorAll(".entry")[${index}].getBoundingClientRect();
    return { x: x - 64, y: y - 8, width: width + 76, height: height + 16 }; })()`;
}

/** The page down to the end of an entry. */
function downTo(index: number): string {
  return `({ x: 0, y: 0, width: document.documentElement.clientWidth,
    height: document.querySelectorAll(".entry")[${index}].getBoundingClientRect().bottom + 16 })`;
}

const whole =
  "({ x: 0, y: 0, width: document.documentElement.clientWidth, height: document.body.getBoundingClientRect().bottom })";

async function take(browser: Browser, { file, width, url, part, authorization }: Picture): Promise<void> {
  await browser.call("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await browser.call("Network.enable");
  await browser.call("Network.setExtraHTTPHeaders", { headers: authorization === undefined ? {} : { authorization } });
  await browser.call("Page.navigate", { url });
  const { x, y, ...size } = await until(`${url} is there`, async () => {
    const expression = `document.readyState === "complete" && location.href === ${JSON.stringify(url)} ? ${part} : null`;
    const answer = await browser.call("Runtime.evaluate", { expression, returnByValue: true });
    return rectangle.safeParse(z.object({ result: z.object({ value: z.unknown() }) }).parse(answer).result.value).data;
  });
  const clip = { x, y, ...size, scale: 1 };
  const shot = await browser.call("Page.captureScreenshot", { format: "png", clip, captureBeyondViewport: true });
  const { data } = z.object({ data: z.string() }).parse(shot);
  writeFileSync(join(root, "docs", "images", file), Buffer.from(data, "base64"));
  process.stdout.write(`docs/images/${file}: ${url}\n`);
}

/** A page of a browser, by the DevTools protocol. */
interface Browser {
  call(method: string, params?: object): Promise<unknown>;
  close(): void;
}

async function openBrowser(profile: string, children: ChildProcess[]): Promise<Browser> {
  const flags = ["--headless", "--no-sandbox", "--hide-scrollbars", "--remote-debugging-port=0"];
  const command = process.env.CHROMIUM ?? "chromium";
  children.push(spawn(command, [...flags, `--user-data-dir=${profile}`, "about:blank"], { stdio: "ignore" }));
  const port = await until("Chromium is up", async () => {
    try {
      return readFileSync(join(profile, "DevToolsActivePort"), "utf8").split("\n")[0];
    } catch {
      return undefined;
    }
  });
  const pages = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }));
  const found = pages.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).json());
  const url = found.find(({ type }) => type === "page")?.webSocketDebuggerUrl;
  if (url === undefined) throw new Error("Chromium opened no page");
  return connect(url);
}

async function connect(url: string): Promise<Browser> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("Chromium does not answer")));
  });
  const answer = z.object({ id: z.number(), result: z.unknown(), error: z.object({ message: z.string() }).optional() });
  let last = 0;
  return {
    call(method, params = {}) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        const hear = ({ data }: MessageEvent) => {
          const said = answer.safeParse(JSON.parse(String(data))).data;
          if (said?.id !== id) return;
          socket.removeEventListener("message", hear);
          if (said.error === undefined) resolve(said.result);
          else reject(new Error(`${method}: ${said.error.message}`));
        };
        socket.addEventListener("message", hear);
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    close: () => socket.close(),
  };
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(200)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what}: not within ${patience / 1_000} s`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const end = new Promise((resolve) => child.on("close", resolve));
  child.kill("SIGINT");
  await end;
}

await main();
