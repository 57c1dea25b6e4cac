import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalGitHub, LocalRegistry, LocalSources } from "../../../sandbox/index.ts";
import type { ClusterEntry } from "../../model/deploy.ts";
import type { SourceSettings } from "../../model/source-settings.ts";
import type { ServerSettings } from "../../settings.ts";
import { ADMIN_TOKEN, HOOK, SAMPLE_REGISTRY } from "./repository.ts";

/**
 * Sluice on its embedded defaults, as the App of a local GitHub, with a registry on this machine in place of the one
 * that the sample's images are in.
 */
export function demoSettings(
  github: LocalGitHub,
  registry: LocalRegistry,
  folder: string,
  { clusters, sources }: { readonly clusters: readonly ClusterEntry[]; readonly sources: LocalSources | undefined },
): ServerSettings {
  return {
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecret: github.app.webhookSecret,
    githubApiUrl: github.apiUrl,
    githubUrl: github.url,
    role: "all",
    host: "127.0.0.1",
    port: 0,
    dataDir: join(folder, "sluice"),
    allowUnlockedEngine: true,
    dataDirWaitMs: 0,
    store: { kind: "embedded" },
    logLevel: "warn",
    concurrency: 4,
    engines: undefined,
    previewForks: false,
    adminToken: ADMIN_TOKEN,
    hooks: [
      {
        kind: "distribution",
        name: HOOK.name,
        images: [],
        perMinute: 600,
        secrets: [HOOK.secret],
        header: "authorization",
        host: SAMPLE_REGISTRY,
      },
    ],
    clusters,
    prometheus: [],
    sources: sourceSettings(sources, folder),
    registries: [{ host: SAMPLE_REGISTRY, address: registry.url, insecure: true, private: true }],
  };
}

/** The samples' hosts do not exist: the servers on this machine are their mirrors. */
function sourceSettings(sources: LocalSources | undefined, folder: string): SourceSettings {
  const none = { allow: [], private: [], credentials: [], mirrors: [] };
  if (sources === undefined) return none;
  const ca = join(folder, "sources-ca.pem");
  writeFileSync(ca, sources.ca);
  const hosts = ["charts", "registry", "git"].map((name) => `${name}.acme.example`);
  return { ...none, mirrors: hosts.map((host) => ({ host, address: sources.url })), ca };
}
