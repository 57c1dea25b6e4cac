import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { redisBinary, startRedis } from "../test/contract/queue-servers.ts";
import { benchControllers, type ControllersBench } from "./controllers.ts";
import { benchMany, type ManyBench } from "./controllers-many.ts";
import { benchDoor, type DoorResult } from "./door.ts";
import { benchImages, burstLines, type ImagesBench, isSoon, latencyLine } from "./images.ts";
import { peakMegabytes } from "./memory.ts";
import { benchPeers } from "./peers.ts";
import { peersLines } from "./peers-lines.ts";
import { benchPreview, type PreviewBench, type Ratio } from "./preview.ts";
import { benchPromote, type PromoteBench } from "./promote.ts";
import { benchReconcile, memoryLimit, type ReconcileBench } from "./reconcile.ts";
import { benchScale, type ScaleBench } from "./scale.ts";
import { benchStart } from "./start.ts";
import { surveyAll, surveyLines } from "./survey.ts";
import { benchText, type TextBench } from "./text.ts";

/** The door's p99 on Redis must not be more, in milliseconds. */
const doorLimit = 50;

interface Results {
  readonly preview: PreviewBench;
  readonly promote: PromoteBench;
  readonly images: ImagesBench;
  readonly text: TextBench;
  readonly start: readonly Ratio[];
  readonly door: { readonly redis: DoorResult; readonly embedded: DoorResult };
  readonly memory: Readonly<Record<string, number | undefined>>;
}

async function measure(): Promise<Results> {
  say("previews on a generated repository of 200 apps × 3 overlays …");
  const preview = await benchPreview(process.env.SLUICE_KUSTOMIZE ?? "kustomize");
  say("starts of the command line …");
  const start = benchStart();
  const text = measureText();
  const memory = { ...preview.peaks, "node (previews, comparison)": peakMegabytes("self") };
  const promote = await measurePromote();
  const images = await benchImages(say);
  say("webhook door, 200 deliveries/s for 5 s, on Redis …");
  const redis = await startRedis(redisBinary() ?? "redis-server");
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-door-"));
  try {
    const onRedis = await benchDoor({ backend: redis.backend });
    say("webhook door, embedded …");
    const embedded = await benchDoor({ backend: { kind: "embedded", dataDir: folder } });
    return { preview, promote, images, text, start, door: { redis: onRedis, embedded }, memory };
  } finally {
    await redis.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function measurePromote(): Promise<PromoteBench> {
  say("plans of promotions on a generated repository of 200 apps × 2 overlays …");
  return benchPromote();
}

function measureText(): TextBench {
  say("comparison and Markdown of 20,000 lines …");
  return benchText();
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The results as lines for people, and whether every limit holds. */
function print(results: Results): boolean {
  const lines = [
    `\n${cpus().length} cores, Node ${process.version}. Floor: the same kustomize processes with xargs -P${cpus().length}, nothing else.\n`,
  ];
  const ratios = [...results.preview.ratios, ...results.promote.ratios, ...results.start];
  lines.push(...ratios.map(ratioLine));
  let held = ratios.every(holds);
  const { text, door } = results;
  lines.push(...textLines(text));
  held &&= door.redis.p99 <= doorLimit && door.redis.failed === 0;
  lines.push(
    `${verdict(door.redis.p99 <= doorLimit)} ${"door on Redis, 200/s".padEnd(36)} ${doorLine(door.redis)} (limit p99 ${doorLimit} ms)`,
  );
  lines.push(`  ${"door embedded, 200/s".padEnd(36)} ${doorLine(door.embedded)}`);
  const memory = {
    ...results.memory,
    "node (door on Redis)": door.redis.peakMegabytes,
    "node (door, embedded store)": door.embedded.peakMegabytes,
  };
  lines.push(...memoryLines(memory));
  process.stdout.write(`${lines.join("\n")}\n`);
  return printImages(results.images) && held;
}

function textLines({ compare, markdown, lines, oneText, shuffled }: TextBench): readonly string[] {
  return [
    `  ${"comparison, 20,000 lines".padEnd(36)} ${ms(compare)}   (${lines} lines of YAML a side)`,
    `  ${"comment and check of it".padEnd(36)} ${ms(markdown)}`,
    `  ${"lines of one text, every ninth new".padEnd(36)} ${ms(oneText)}`,
    `  ${"lines of one text, shuffled".padEnd(36)} ${ms(shuffled)}`,
  ];
}

/** The results of comparing texts alone. They have no limits. */
function printText(text: TextBench): boolean {
  process.stdout.write(`${["", ...textLines(text)].join("\n")}\n`);
  return true;
}

/** The results of planning promotions alone. */
function printPromote({ ratios, peaks }: PromoteBench): boolean {
  const head = `\n${cpus().length} cores, Node ${process.version}. Floor: the same renderer rendering the same targets.\n`;
  process.stdout.write(`${[head, ...ratios.map(ratioLine), ...memoryLines(peaks)].join("\n")}\n`);
  return ratios.every(holds);
}

/** The results of starting the command line alone. */
function printStart(ratios: readonly Ratio[]): boolean {
  const head = `\n${cpus().length} cores, Node ${process.version}. Medians of interleaved runs.\n`;
  process.stdout.write(`${[head, ...ratios.map(ratioLine)].join("\n")}\n`);
  return ratios.every(holds);
}

/** The results about deploys beside the real controllers, which have no limits: they are theirs. */
function printControllers({ times, runs, load }: ControllersBench): boolean {
  const loads = load.map((one) => one.toFixed(1)).join(" at the start, ");
  const head = `\n${cpus().length} cores, Node ${process.version}; load ${loads} at the end. One app, medians of ${runs} commits, on one control plane.\n`;
  const lines = times.map(({ tool, applied, live }) => `  ${tool.padEnd(16)} applied ${ms(applied)}, live ${ms(live)}`);
  process.stdout.write(`${[head, ...lines].join("\n")}\n`);
  return true;
}

/** The same of many apps at once. */
function printMany({ times, apps, runs, load }: ManyBench): boolean {
  const ours = times.find(({ requests }) => requests !== undefined);
  const ratios = times.flatMap(({ tool, half, all, live }) => {
    if (ours === undefined || tool === ours.tool) return [];
    const by = [half / ours.half, all / ours.all, live / ours.live].map((ratio) => `${ratio.toFixed(1)} ×`);
    return [`  ${tool} against ${ours.tool}: half ${by[0]}, all ${by[1]}, live ${by[2]}`];
  });
  const loads = load.map((one) => one.toFixed(1)).join(" at the start, ");
  const lines = [
    `\n${cpus().length} cores, Node ${process.version}; load ${loads} at the end. ${apps} apps of one repository, medians of ${runs} commits that change the image of all. Sluice with no stability time.\n`,
    ...times.map(({ tool, half, all, live, requests }) => {
      const each = requests === undefined ? "" : `; ${requests.toFixed(1)} requests an app`;
      return `  ${tool.padEnd(16)} half applied ${ms(half)}, all ${ms(all)}, live ${ms(live)}${each}`;
    }),
    ...ratios,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return true;
}

/** How many apps `--apps=…` asks for. */
function appsAsked(): number | undefined {
  const asked = process.argv.find((word) => word.startsWith("--apps="))?.slice("--apps=".length);
  if (asked === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(asked)) throw new Error(`--apps=${asked} is no number from 1 to 9999`);
  return Number(asked);
}

/** The results about images alone. */
function printImages({ latencies, ratios, burst, peaks, load }: ImagesBench): boolean {
  const loads = load.map((one) => one.toFixed(1)).join(" at the start, ");
  const head = `\n${cpus().length} cores, Node ${process.version}; load ${loads} at the end. GitHub and registry are local, in one process.\n`;
  const lines = [
    ...latencies.map((one) => `${one.how === "together" ? " " : verdict(isSoon(one))} ${latencyLine(one)}`),
    ...ratios.map(ratioLine),
    ...burstLines(burst).map((line) => `  ${line}`),
    ...memoryLines(peaks),
  ];
  process.stdout.write(`${[head, ...lines].join("\n")}\n`);
  return ratios.every(holds) && latencies.every(isSoon);
}

/** The results of previews in ever larger repositories. */
function printScale({ server, command, load }: ScaleBench): boolean {
  const loads = load.map((one) => one.toFixed(1)).join(" at the start, ");
  const lines = [
    `\n${cpus().length} cores, Node ${process.version}; load ${loads} at the end.`,
    "Not measured: fetching, charts and repositories from elsewhere, GitHub, folders without a configuration, generators, several clusters.\n",
    ...server.map(({ name, limit, targets, first, oneApp, shared, peak }) => {
      const what = `server, ${name}, one of ${targets}`.padEnd(36);
      const rest = `what twenty share ${ms(shared)}; first of the process ${ms(first)}; peak ${peak ?? "?"} MiB`;
      return `${verdict(oneApp <= limit)} ${what} ${ms(oneApp)} of CPU (limit ${ms(limit)}); ${rest}`;
    }),
    ...command.map(ratioLine),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return server.every(({ oneApp, limit }) => oneApp <= limit) && command.every(holds);
}

/** The results beside the tools of Flux's users. */
function printPeers(results: Awaited<ReturnType<typeof benchPeers>>): boolean {
  const { lines, held } = peersLines(results);
  process.stdout.write(`${lines.join("\n")}\n`);
  return held;
}

/** The results of deploying many objects. */
function printReconcile({ ratios, requests, peak }: ReconcileBench): boolean {
  const head = `\n${cpus().length} cores, Node ${process.version}. One API server, for both.\n`;
  const small = peak === undefined || peak <= memoryLimit;
  const lines = [
    ...ratios.map(ratioLine),
    `  requests for each object             ${requests.first.toFixed(2)} at first, ${requests.again.toFixed(2)} to compare`,
    `${verdict(small)} worker at 10,000 objects             ${peak ?? "?"} MiB at most (limit ${memoryLimit} MiB)`,
  ];
  process.stdout.write(`${[head, ...lines].join("\n")}\n`);
  return ratios.every(holds) && small;
}

function holds({ ours, floor, limit }: Ratio): boolean {
  return ours / floor <= limit;
}

function ratioLine(ratio: Ratio): string {
  const { name, ours, floor, limit, note } = ratio;
  return `${verdict(holds(ratio))} ${name.padEnd(36)} ${(ours / floor).toFixed(2)} × (limit ${limit} ×)   ${ms(ours)} against ${ms(floor)}; ${note}`;
}

function memoryLines(peaks: Readonly<Record<string, number | undefined>>): readonly string[] {
  return Object.entries(peaks).map(([name, peak]) => `  peak memory, ${name.padEnd(23)} ${peak ?? "?"} MiB`);
}

function verdict(fine: boolean): string {
  return fine ? "✓" : "✗";
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function doorLine({ p50, p99, sent, failed }: DoorResult): string {
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ${sent} sent, ${failed} failed`;
}

/** Measures, says what came out, and whether every limit holds. */
async function bench<T>(measured: Promise<T>, tell: (results: T) => boolean): Promise<void> {
  const results = await measured;
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else if (!tell(results)) process.exitCode = 1;
}

const [only, ...rest] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const apps = appsAsked();
if (only === undefined) await bench(measure(), print);
else if (only === "promote") await bench(measurePromote(), printPromote);
else if (only === "start") await bench(Promise.resolve(benchStart()), printStart);
else if (only === "text") await bench(Promise.resolve(measureText()), printText);
else if (only === "controllers" && apps !== undefined) await bench(benchMany(apps, say), printMany);
else if (only === "controllers") await bench(benchControllers(), printControllers);
else if (only === "images") await bench(benchImages(say), printImages);
else if (only === "scale") await bench(benchScale(process.env.SLUICE_KUSTOMIZE ?? "kustomize", say), printScale);
else if (only === "peers") await bench(benchPeers(say), printPeers);
else if (only === "reconcile") await bench(benchReconcile(say), printReconcile);
else if (only === "survey") {
  await bench(surveyAll(rest), (surveys) => process.stdout.write(`${surveyLines(surveys).join("\n")}\n`));
} else {
  process.stderr.write(
    `there is no benchmark "${only}"; there are \`text\`, \`promote\`, \`images\` and \`start\`, which all run without a name, and \`reconcile\`, \`controllers\`, \`scale\` and \`survey\`\n`,
  );
  process.exitCode = 2;
}
