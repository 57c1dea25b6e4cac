import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a tool showed and how long it took, in milliseconds. */
export interface Shown {
  readonly ms: number;
  /** The changed objects but Flux's own, as `Kind namespace/name`. */
  readonly objects: ReadonlySet<string>;
}

/** Two checkouts, and the folder of the cluster in them. */
export interface Checkouts {
  readonly base: string;
  readonly head: string;
  readonly cluster: string;
}

/** Another tool, as a program that compares two checkouts. */
export interface PeerTool {
  readonly name: string;
  /** Forgets what earlier runs kept. */
  forget(): void;
  diff(checkouts: Checkouts): Shown;
  remove(): void;
}

const deadlineMs = 600_000;
const ofFlux = new Set(["HelmRelease", "Kustomization", "GitRepository"]);

/** Runs a program to its end; one that fails is an error with what it said. */
export function timed(
  file: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): { readonly ms: number; readonly out: string } {
  const begun = performance.now();
  const run = spawnSync(file, args, { ...options, encoding: "utf8", maxBuffer: 1 << 28, timeout: deadlineMs });
  const ms = performance.now() - begun;
  if (run.status !== 0) throw new Error(`${file} ${args.join(" ")}: ${run.stderr}`, { cause: run.error });
  return { ms, out: run.stdout };
}

/** The objects of a comparison but those of Flux. */
export function objectsOf(
  changes: readonly { readonly kind: string; readonly namespace?: string; readonly name: string }[],
): ReadonlySet<string> {
  const shown = changes.filter(({ kind }) => !ofFlux.has(kind));
  return new Set(shown.map(({ kind, namespace = "", name }) => `${kind} ${namespace}/${name}`));
}

/** Flate, with a cache of its own. */
export function flate(file: string): PeerTool {
  const cache = mkdtempSync(join(tmpdir(), "sluice-peers-flate-"));
  const env = { ...process.env, FLATE_CACHE_DIR: cache, FLATE_NO_PROGRESS: "true" };
  return {
    name: "flate",
    forget: () => rmSync(cache, { recursive: true, force: true }),
    diff({ base, head, cluster }) {
      const paths = ["--path", join(head, cluster), "--path-orig", join(base, cluster)];
      const { ms, out } = timed(file, ["diff", "all", ...paths, "--output", "diff"], { env });
      const heads = out.matchAll(/^(?:---|\+\+\+) (\w+) (?:([\w.-]+)\/)?([\w.-]+)$/gm);
      return {
        ms,
        objects: objectsOf([...heads].map(([, kind = "", namespace = "", name = ""]) => ({ kind, namespace, name }))),
      };
    },
    remove: () => rmSync(cache, { recursive: true, force: true }),
  };
}

/** The programs that flux-local calls by their names. */
export interface FluxLocalPrograms {
  readonly fluxLocal: string;
  readonly flux: string;
  readonly helm: string;
  readonly kustomize: string;
}

/**
 * Flux-local, which has a command for what Kustomizations give and one for what HelmReleases give. It keeps nothing. It
 * looks for the charts of both commits in the folder where it runs.
 */
export function fluxLocal({ fluxLocal: file, ...programs }: FluxLocalPrograms): PeerTool {
  const folder = mkdtempSync(join(tmpdir(), "sluice-peers-bin-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [name, program] of Object.entries(programs)) symlinkSync(program, join(bin, name));
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}` };
  return {
    name: "flux-local",
    forget: () => undefined,
    diff({ base, head, cluster }) {
      const paths = ["--path", join(head, cluster), "--path-orig", join(base, cluster)];
      // It cannot open the socket that its standard output would be.
      const to = join(folder, "diff");
      const options = ["--all-namespaces", "--output", "diff", "--output-file", to];
      const runs = ["kustomizations", "helmreleases"].map((what) => {
        const { ms } = timed(file, ["diff", what, ...paths, ...options], { env, cwd: head });
        return { ms, changes: fluxLocalChanges(readFileSync(to, "utf8")) };
      });
      return {
        ms: runs.reduce((sum, { ms }) => sum + ms, 0),
        objects: objectsOf(runs.flatMap(({ changes }) => changes)),
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function fluxLocalChanges(out: string) {
  return [...out.matchAll(/^\+\+\+ .*?(\w+): (?:([\w.-]+)\/)?([\w.-]+)$/gm)].map(
    ([, kind = "", namespace = "", name = ""]) => ({ kind, namespace, name }),
  );
}
