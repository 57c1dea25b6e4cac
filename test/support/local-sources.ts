import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type LocalSources, startLocalSources } from "../../sandbox/index.ts";
import type { SourceSettings } from "../../src/model/source-settings.ts";
import { distributions } from "./distribution.ts";
import { tempDir } from "./temp-git.ts";

/** The servers that the samples fetch from, and the settings of an operator who has them as mirrors. */
export interface SampleSources extends LocalSources {
  readonly settings: SourceSettings;
}

/** `examples`, with this folder in it. */
export const example = (...path: readonly string[]): string =>
  join(import.meta.dirname, "..", "..", "examples", ...path);

/** Serves `examples/remote` under the names that the samples have for it. */
export async function startSampleSources(): Promise<SampleSources> {
  const [registry] = distributions();
  if (registry === undefined) throw new Error("there is no registry: run `npm run setup -- --tests`");
  const folder = tempDir("sluice-sample-sources-");
  const content = example("remote");
  const servers = await startLocalSources({ dataDir: folder, content, tag: "v1.2.0", registry: registry.binary });
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, servers.ca);
  const hosts = ["charts.acme.example", "registry.acme.example", "git.acme.example"];
  const mirrors = hosts.map((host) => ({ host, address: servers.url }));
  return {
    ...servers,
    settings: { allow: [], private: [], credentials: [], mirrors, ca },
    close: async () => {
      await servers.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The files of a folder, by path. */
export function filesIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.map((file) => [relative(folder, file), readFileSync(file, "utf8")]));
}
