import { join } from "node:path";
import type { LocalGitHub } from "../../sandbox/index.ts";
import type { ServerSettings } from "../../settings.ts";

/** Sluice on its embedded defaults, as the App of a local GitHub. */
export function demoSettings(github: LocalGitHub, folder: string): ServerSettings {
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
    store: { kind: "embedded" },
    logLevel: "warn",
    concurrency: 4,
    engines: undefined,
    previewForks: false,
    hooks: [],
    registries: [],
  };
}
