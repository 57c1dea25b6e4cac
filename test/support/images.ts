import {
  type LocalRegistry,
  type PullSummary,
  type RepositoryRef,
  startLocalRegistry,
} from "../../src/sandbox/index.ts";
import type { ServerSettings } from "../../src/settings.ts";
import { redisBinary, startRedis } from "../contract/queue-servers.ts";
import { gitopsFiles } from "./gitops.ts";
import { eventually } from "./wait.ts";
import { startWalk, type Walk } from "./walk.ts";

/** A Sluice, a local GitHub and a local registry that tells Sluice what is pushed. */
export interface ImagePlay extends Walk {
  readonly registry: LocalRegistry;
  /** How far the clock of the rooms is ahead, in milliseconds. */
  ahead(ms: number): void;
  /** The image's full name in configurations: `web` is `127.0.0.1:5000/acme/web`. */
  image(name: string): string;
  /** Pushes a tag of `acme/NAME`, as `web:1.4.0`. */
  push(reference: string, more?: Partial<Parameters<LocalRegistry["push"]>[0]>): Promise<{ readonly digest: string }>;
  /** A repository with the app `web` and these entries of `images` (YAML, `{image}` is the full name of `web`). */
  gitops(images: string, files?: Readonly<Record<string, string>>): Promise<RepositoryRef>;
  /** The newest image pull request of a repository in that state, as soon as there is one. */
  bump(repository: RepositoryRef, state?: "open" | "closed"): Promise<PullSummary>;
  /** All image pull requests, oldest first. */
  bumps(repository: RepositoryRef): readonly PullSummary[];
}

const secret = "a secret of the registry's hook";

/** Starts everything, on a Redis where there is one. */
export async function startImagePlay(more: Partial<ServerSettings> = {}): Promise<ImagePlay> {
  const binary = redisBinary();
  const redis = binary === undefined ? undefined : await startRedis(binary);
  const environment = redis?.backend.kind === "redis" ? { REDIS_URL: redis.backend.url } : {};
  const registry = await startLocalRegistry();
  let offset = 0;
  const walk = await startWalk(environment, {
    clock: () => Date.now() + offset,
    settings: {
      hooks: [
        {
          kind: "distribution",
          name: "local",
          images: [],
          perMinute: 6_000,
          secrets: [secret],
          header: "authorization",
        },
      ],
      registries: [{ host: registry.host, insecure: true, private: true }],
      ...more,
    },
  });
  registry.setNotifications({
    url: `${walk.sluice.url}/registry/local`,
    headers: { authorization: secret },
    backoffMs: 100,
  });
  const image = (name: string): string => `${registry.host}/acme/${name}`;
  const bumps = (repository: RepositoryRef): readonly PullSummary[] =>
    walk.github.pulls(repository).filter(({ headRef }) => headRef.startsWith("sluice/image/"));
  return {
    ...walk,
    registry,
    ahead: (ms) => {
      offset = ms;
    },
    image,
    push: (reference, parts = {}) => {
      const [name = "", tag = ""] = reference.split(":");
      return registry.push({ repository: `acme/${name}`, tag, ...parts });
    },
    async gitops(images, files = {}) {
      const plain = gitopsFiles();
      const text = Object.entries({ ...plain, ...files }).map(([path, body]) => {
        const configured = path === ".sluice.yaml" ? `${body}images:\n${images}` : body;
        return [
          path,
          configured.replaceAll("{image}", image("web")).replaceAll("ghcr.io/acme/", `${registry.host}/acme/`),
        ];
      });
      const repository = await walk.repository(Object.fromEntries(text));
      // A repository is made without a word; its next push tells what it asks for.
      await walk.github.commit({ ...repository, branch: "main", files: { "README.md": "The beginning.\n" } });
      return repository;
    },
    bumps,
    bump: (repository, state = "open") =>
      eventually(`an image pull request that is ${state}`, () =>
        bumps(repository).findLast((pull) => pull.state === state),
      ),
    close: async () => {
      await walk.close();
      await registry.close();
      await redis?.dispose();
    },
  };
}
