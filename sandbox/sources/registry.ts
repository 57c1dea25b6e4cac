import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import type { PackedChart } from "./charts.ts";

/** A real Distribution registry on loopback, with charts in it. */
export interface ChartRegistry {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

const readyMs = 30_000;

/** Starts the program on a port of its own, with its store in `folder`, and pushes the charts to `charts/<name>`. */
export async function startChartRegistry(
  binary: string,
  folder: string,
  charts: readonly PackedChart[],
): Promise<ChartRegistry> {
  mkdirSync(folder, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const settings = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: host, secret: "of no use" },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(settings));
  const env = { PATH: process.env.PATH ?? "", HOME: folder, OTEL_TRACES_EXPORTER: "none" };
  const child = spawn(binary, ["serve", join(folder, "config.yml")], { env, stdio: "ignore" });
  const ended = once(child, "exit");
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  const url = `http://${host}`;
  try {
    await ready(url, ended);
    for (const chart of charts) await push(`${url}/v2/charts/${chart.name}`, chart);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ready(url: string, ended: Promise<unknown>): Promise<void> {
  const deadline = Date.now() + readyMs;
  const gone = ended.then(() => "gone" as const);
  while (Date.now() < deadline) {
    const asked = fetch(`${url}/v2/`).then(
      ({ status }) => status,
      () => undefined,
    );
    const answer = await Promise.race([asked, gone]);
    if (answer === 200) return;
    if (answer === "gone") break;
    await wait(50);
  }
  throw new Error(`the registry at ${url} did not start`);
}

/** As `helm push` does: helm.sh/docs/topics/registries. */
async function push(repository: string, { name, version, archive }: PackedChart): Promise<void> {
  const config = await blob(
    repository,
    "application/vnd.cncf.helm.config.v1+json",
    Buffer.from(JSON.stringify({ name, version })),
  );
  const layer = await blob(repository, "application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [layer] });
  await send(`${repository}/manifests/${version.replaceAll("+", "_")}`, "PUT", mediaType, Buffer.from(manifest));
}

async function blob(repository: string, mediaType: string, bytes: Buffer) {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const started = await send(`${repository}/blobs/uploads/`, "POST");
  const location = new URL(started.headers.get("location") ?? "", repository);
  location.searchParams.set("digest", digest);
  await send(location.href, "PUT", "application/octet-stream", bytes);
  return { mediaType, digest, size: bytes.length };
}

async function send(url: string, method: string, type?: string, body?: Buffer): Promise<Response> {
  const headers = type === undefined ? {} : { "content-type": type };
  const answer = await fetch(url, { method, headers, ...(body && { body: new Uint8Array(body) }) });
  if (answer.ok) return answer;
  throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
