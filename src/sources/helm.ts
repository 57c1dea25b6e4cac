import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { UserError } from "../model/errors.ts";
import { SingleFlight } from "../model/single-flight.ts";
import { secureUrl } from "../model/source-address.ts";
import type { SourceLimits } from "../model/source-settings.ts";
import type { SourceRequest } from "../model/sources.ts";
import { unpackChart } from "./chart.ts";
import type { SourceClient } from "./client.ts";
import type { Resolved, WriteTree } from "./fetched.ts";
import { chartVersions } from "./helm-index.ts";
import type { PinRecords } from "./pin-records.ts";
import { chooseVersion, isExactVersion } from "./version-range.ts";

type HelmRequest = Extract<SourceRequest, { kind: "helm" }>;

/** What reads Helm repositories. */
export interface HelmParts {
  readonly client: SourceClient;
  readonly records: PinRecords;
  readonly write: WriteTree;
  readonly limits: SourceLimits;
  readonly now: () => number;
}

/** For so long an index is not asked for again, so that a hundred charts of one repository cost one request. */
const freshMs = 2 * 60_000;
const chartName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,249}$/;

/** Helm repositories, with their indexes kept. */
export class HelmRepositories {
  readonly #parts: HelmParts;
  readonly #indexes = new LRUCache<string, string>({
    maxSize: 64 * 1024 * 1024,
    sizeCalculation: (text) => text.length + 1,
    ttl: freshMs,
  });
  readonly #reading = new SingleFlight<string>();

  constructor(parts: HelmParts) {
    this.#parts = parts;
  }

  /**
   * The version of a chart that Helm would take. An index vouches for where its charts are, also on another host; the
   * repository's credentials do not go there.
   */
  async resolve(request: HelmRequest, signal: AbortSignal): Promise<Resolved> {
    const repository = secureUrl(request.repository, "https:");
    const name = `${repository.host}${repository.pathname.replace(/\/+$/, "")}`;
    const { chart: wanted, version: range } = request;
    if (!chartName.test(wanted))
      throw new UserError("refused", `${JSON.stringify(wanted.slice(0, 100))} is no chart's name`);
    const base = new URL(repository);
    base.pathname = `${base.pathname.replace(/\/+$/, "")}/`;
    const versions = chartVersions(await this.#index(base, signal), wanted, name);
    if (versions.versions.length === 0) throw new UserError("not-found", `${name} has no chart ${wanted}`);
    const version = chooseVersion(versions.versions, range);
    const chart = version === undefined ? undefined : versions.read(version);
    if (chart === undefined) throw noVersion(name, wanted, range, versions.versions);
    return {
      revision: chart.digest === undefined ? chart.version : `sha256:${chart.digest.replace(/^sha256:/, "")}`,
      version: chart.version,
      moving: !isExactVersion(range),
      bring: async (both) => {
        const url = chartUrl(chart.url, base, name);
        const { limits, client, write } = this.#parts;
        const { body } = await client.require({ url, limit: limits.downloadBytes }, both);
        checkDigest(body, chart.digest, `${name}/${wanted} ${chart.version}`);
        const files = await unpackChart(body, `The chart ${wanted} ${chart.version} of ${name}`, limits);
        return { tree: await write(files, both) };
      },
    };
  }

  async #index(base: URL, signal: AbortSignal): Promise<string> {
    const known = this.#indexes.get(base.href);
    if (known !== undefined) return known;
    const text = await this.#reading.join(base.href, () => this.#read(base, signal));
    this.#indexes.set(base.href, text);
    return text;
  }

  async #read(base: URL, signal: AbortSignal): Promise<string> {
    const { client, records, limits, now } = this.#parts;
    const url = new URL("index.yaml", base);
    url.search = base.search;
    const kept = records.document(url.href);
    const headers = kept === undefined ? {} : { "if-none-match": kept.etag };
    const answer = await client.require({ url, limit: limits.downloadBytes, headers }, signal, 304);
    if (answer.status === 304 && kept !== undefined) return Buffer.from(kept.body).toString("utf8");
    const etag = answer.header("etag");
    if (etag !== undefined && etag.length <= 256) records.putDocument(url.href, { etag, body: answer.body }, now());
    return answer.body.toString("utf8");
  }
}

function chartUrl(written: string, base: URL, repository: string): URL {
  const url = URL.parse(written, base);
  if (url === null) throw new UserError("refused", `The index of ${repository} names no address of the chart`);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(written)) url.search ||= base.search;
  return secureUrl(url.href, "https:");
}

function checkDigest(body: Uint8Array, digest: string | undefined, name: string): void {
  const found = createHash("sha256").update(body).digest("hex");
  if (digest === undefined || digest.replace(/^sha256:/, "").toLowerCase() === found) return;
  throw new UserError("refused", `${name} is not what the index says: its digest is another`, {
    fix: "Ask whoever publishes the repository: the chart was replaced without its index, or on its way.",
  });
}

function noVersion(repository: string, chart: string, wanted: string, versions: readonly string[]): UserError {
  const some = versions.slice(0, 3).map((version) => version.slice(0, 60));
  const what = wanted === "" ? "has only pre-releases" : `has no version ${JSON.stringify(wanted.slice(0, 100))}`;
  return new UserError("not-found", `The chart ${chart} of ${repository} ${what}`, {
    fix: `It has ${some.join(", ")}${versions.length > 3 ? ` and ${versions.length - 3} more` : ""}.`,
  });
}
