import { onTestFinished } from "vitest";
import type { SelfSigned } from "../../../sandbox/certificate.ts";
import type { RegistrySettings } from "../../../src/model/registry.ts";
import { createRegistry, type RegistryClient, type RegistryOptions } from "../../../src/registry/index.ts";
import { type Asked, type FakeRegistry, fakeRegistry, type Reply } from "./fake-registry.ts";
import { silent } from "./log.ts";

/** A client that is closed when the test is over. */
export function client(settings: readonly RegistrySettings[], options: Partial<RegistryOptions> = {}): RegistryClient {
  // On a busy machine an answer takes as long as it takes.
  const patient = { deadlineMs: 600_000, clock: Date.now, random: () => 0.5, log: silent };
  const registry = createRegistry({ settings, ...patient, ...options });
  onTestFinished(() => registry.close());
  return registry;
}

/** A server that is closed when the test is over. */
export async function server(
  reply: (asked: Asked) => Reply | undefined | Promise<Reply | undefined>,
  certificate?: SelfSigned,
): Promise<FakeRegistry> {
  const fake = await fakeRegistry(reply, certificate);
  onTestFinished(() => fake.close());
  return fake;
}

/** Time enough for whatever a test does. */
export function soon(): AbortSignal {
  return AbortSignal.timeout(600_000);
}
