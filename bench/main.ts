import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { redisBinary, startRedis } from "../test/contract/queue-servers.ts";
import { benchDoor, type DoorResult } from "./door.ts";
import { peakMegabytes } from "./memory.ts";
import { benchPreview, type PreviewBench } from "./preview.ts";
import { benchText } from "./text.ts";

/** The door's p99 on Redis must not be more, in milliseconds. */
const doorLimit = 50;

interface Results {
  readonly preview: PreviewBench;
  readonly text: ReturnType<typeof benchText>;
  readonly door: { readonly redis: DoorResult; readonly embedded: DoorResult };
  readonly memory: Readonly<Record<string, number | undefined>>;
}

async function measure(): Promise<Results> {
  say("previews on a generated repository of 200 apps × 3 overlays …");
  const preview = await benchPreview(process.env.SLUICE_KUSTOMIZE ?? "kustomize");
  say("comparison and markdown of 20,000 lines …");
  const text = benchText();
  const memory = { ...preview.peaks, "node (previews, comparison)": peakMegabytes("self") };
  say("webhook door, 200 deliveries/s for 5 s, on Redis …");
  const redis = await startRedis(redisBinary() ?? "redis-server");
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-door-"));
  try {
    const onRedis = await benchDoor({ backend: redis.backend });
    say("webhook door, embedded …");
    const embedded = await benchDoor({ backend: { kind: "embedded", dataDir: folder } });
    return { preview, text, door: { redis: onRedis, embedded }, memory };
  } finally {
    await redis.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The results as lines for people, and whether every limit holds. */
function print(results: Results): boolean {
  const lines = [
    `\n${cpus().length} cores, Node ${process.version}. Floor: the same kustomize processes with xargs -P${cpus().length}, nothing else.\n`,
  ];
  let held = true;
  for (const { name, ours, floor, limit, note } of results.preview.ratios) {
    const ratio = ours / floor;
    held &&= ratio <= limit;
    lines.push(
      `${verdict(ratio <= limit)} ${name.padEnd(36)} ${ratio.toFixed(2)} × (limit ${limit} ×)   ${ms(ours)} against ${ms(floor)}; ${note}`,
    );
  }
  const { text, door } = results;
  lines.push(`  ${"comparison, 20,000 lines".padEnd(36)} ${ms(text.compare)}   (${text.lines} lines of YAML a side)`);
  lines.push(`  ${"comment and check of it".padEnd(36)} ${ms(text.markdown)}`);
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
  for (const [name, peak] of Object.entries(memory)) lines.push(`  peak memory, ${name.padEnd(23)} ${peak ?? "?"} MiB`);
  process.stdout.write(`${lines.join("\n")}\n`);
  return held;
}

function verdict(holds: boolean): string {
  return holds ? "✓" : "✗";
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function doorLine({ p50, p99, sent, failed }: DoorResult): string {
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ${sent} sent, ${failed} failed`;
}

const results = await measure();
if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
else if (!print(results)) process.exitCode = 1;
