import { performance } from "node:perf_hooks";
import semver from "semver";
import { choose } from "../src/images/policy/index.ts";
import type { ImageFacts } from "../src/model/registry.ts";
import { median } from "./floor.ts";
import type { Ratio } from "./preview.ts";

const turns = 9;

/**
 * Deciding by each kind of policy over 20,000 tags, with facts at hand, against the `semver` package parsing and
 * sorting the 20,000 versions.
 */
export async function benchPolicy(): Promise<readonly Ratio[]> {
  const versions = Array.from({ length: 20_000 }, (_, index) => versionOf(index));
  const builds = versions.map((_, index) => `main-${(index * 7_919) % 20_000}-${index.toString(16).padStart(7, "0")}`);
  return [
    await ratio("versions: ^1.0", { semver: "^1.0" }, versions, "1.0.0", versions),
    await ratio(
      "numbers in a pattern",
      { regex: "^main-(\\d+)-[0-9a-f]+$", capture: "$1", numerical: "asc" },
      builds,
      builds[0] ?? "",
      versions,
    ),
  ];
}

/** In no order, a quarter of them pre-releases. */
function versionOf(index: number): string {
  const turned = (index * 7_919) % 20_000;
  return `1.${Math.floor(turned / 100)}.${turned % 100}${index % 4 === 0 ? `-rc.${index % 9}` : ""}`;
}

const facts: ImageFacts = {
  digest: `sha256:${"0".repeat(64)}`,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  platforms: ["linux/amd64"],
  created: "2026-01-01T00:00:00Z",
  labels: {},
};

async function ratio(
  name: string,
  policy: Parameters<typeof choose>[0]["policy"],
  tags: readonly string[],
  current: string,
  versions: readonly string[],
): Promise<Ratio> {
  const [times, floors]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn += 1) {
    const started = performance.now();
    semver.rsort(versions.flatMap((version) => semver.parse(version) ?? []));
    const sorted = performance.now();
    const decision = await choose(
      { policy, pin: "tag", tags, current: [{ target: "web in staging", tag: current, digest: "" }], now: Date.now() },
      async () => facts,
    );
    times.push(performance.now() - sorted);
    floors.push(sorted - started);
    if (decision.chosen === undefined) throw new Error(`nothing was chosen: ${decision.summary}`);
  }
  const note = "floor: `semver` parses and sorts 20,000 versions";
  return { name: `policy, 20,000 tags, ${name}`, ours: median(times), floor: median(floors), limit: 3, note };
}
