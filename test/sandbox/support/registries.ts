import { createServer } from "node:http";
import { z } from "zod";
import { startLocalRegistry } from "../../../sandbox/index.ts";
import { credentials, distributions, startDistribution } from "../../support/distribution.ts";

/** Where notifications go. */
interface Notify {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A registry under test. */
export interface RunningRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** A kind of registry that can be started with authentication on. */
export interface RegistryKind {
  readonly name: string;
  /** The media type of its notifications. */
  readonly envelope: string;
  /** Lists tags in pages and in order, which Distribution does since 3.0.0. */
  readonly pages: boolean;
  start(notify: Notify): Promise<RunningRegistry>;
}

const envelopeOf = (version: number) => `application/vnd.docker.distribution.events.v${version}+json`;

/** The registry of the demo, and every real one that is on this machine. */
export const registryKinds: readonly RegistryKind[] = [
  { name: "the local registry", envelope: envelopeOf(2), pages: true, start: startLocal },
  ...distributions().map(({ version, binary }) => ({
    name: `Distribution ${version}`,
    envelope: envelopeOf(version.startsWith("2.") ? 1 : 2),
    pages: !version.startsWith("2."),
    start: async (notifications: Notify) => {
      const started = await startDistribution({ auth: "basic", notifications, binary });
      return { url: `http://${started.host}`, close: started.close };
    },
  })),
];

async function startLocal(notify: Notify): Promise<RunningRegistry> {
  const users = { [credentials.username]: credentials.password };
  return startLocalRegistry({ notify: { ...notify, backoffMs: 50 }, users });
}

/** What came to the receiver of notifications. */
interface Received {
  readonly contentType: string;
  readonly authorization: string;
  readonly body: string;
  /** What it was answered with. */
  readonly status: number;
}

/** A receiver of notifications. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Answers the next ones with these statuses, all others with 202. */
  answer(...statuses: number[]): void;
  close(): Promise<void>;
}

/** Starts a receiver on loopback. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const statuses: number[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    const status = statuses.shift() ?? 202;
    const { authorization = "", "content-type": contentType = "" } = request.headers;
    received.push({ contentType, authorization, body, status });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer: (...next) => void statuses.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
