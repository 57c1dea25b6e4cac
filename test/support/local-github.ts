import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from "../../sandbox/index.ts";
import { launcher } from "./launcher.ts";
import { createExchangeValidator, type ExchangeValidator } from "./openapi.ts";
import { createEventValidator, type EventValidator } from "./webhook-schemas.ts";

let validators: { exchange: ExchangeValidator; event: EventValidator } | undefined;

/** A local GitHub under test. */
export interface CheckedGitHub extends LocalGitHub {
  /** What broke GitHub's own descriptions so far. */
  readonly violations: readonly string[];
  /** Everything that the local GitHub itself reported as an error. */
  readonly failures: readonly unknown[];
  /** Throws when anything broke them, or failed inside, since the last time. */
  check(): void;
}

/**
 * Starts a local GitHub whose every REST exchange is held against GitHub's OpenAPI description and whose every webhook
 * is held against `@octokit/webhooks-schemas`. `close()` rejects when anything broke them or failed inside. Without
 * `dataDir` it lives in a temporary folder that `close()` removes.
 */
export async function startCheckedGitHub(options: Partial<LocalGitHubOptions> = {}): Promise<CheckedGitHub> {
  validators ??= { exchange: createExchangeValidator(), event: createEventValidator() };
  const { exchange, event } = validators;
  const violations: string[] = [];
  const failures: unknown[] = [];
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), "local-github-")));
  const github = await startLocalGitHub({
    ...options,
    webhook: { timeoutMs: 120_000, ...options.webhook },
    dataDir: folder,
    startProgram: launcher.start,
    onExchange: (one) => {
      violations.push(...exchange(one));
      options.onExchange?.(one);
    },
    onEvent: (one) => {
      violations.push(...event(one));
      options.onEvent?.(one);
    },
    log: (entry) => {
      if (entry.level === "error") failures.push(entry.error ?? entry.message);
      options.log?.(entry);
    },
  });
  const check = (): void => {
    const wrong = new Set(violations.splice(0));
    const failed = failures.splice(0);
    if (wrong.size > 0) throw new Error(`not as GitHub describes it:\n${[...wrong].join("\n")}`);
    if (failed.length > 0)
      throw new AggregateError(failed, `the local GitHub failed: ${failed.map(String).join("; ")}`);
  };
  const close = async (): Promise<void> => {
    await github.close();
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true });
    check();
  };
  return { ...github, violations, failures, check, close };
}
