import { z } from "zod";
import type { Destination } from "../../model/declaration.ts";
import type { JsonObject } from "../../model/json.ts";
import { matchesGlob } from "./globs.ts";
import { type Application, text, texts } from "./schema.ts";

const projectSchema = z.object({
  metadata: z.object({ name: z.string().min(1), namespace: text }),
  spec: z.object({
    sourceRepos: texts,
    destinations: z
      .array(z.object({ server: text, name: text, namespace: text }))
      .nullish()
      .transform((value) => value ?? []),
  }),
});

/** An `AppProject`, as far as it says what it permits. */
export type AppProject = z.infer<typeof projectSchema>;

/** Reads an `AppProject`; `undefined` for one that cannot be read. */
export function readProject(object: JsonObject): AppProject | undefined {
  return projectSchema.safeParse(object).data;
}

/** What a project does not permit an Application: sentences for people. */
export function refusals(
  project: AppProject,
  sources: readonly { readonly repoURL: string }[],
  destination: Destination,
): readonly string[] {
  const label = `the project \`${project.metadata.name}\``;
  const refused = [...new Set(sources.map(({ repoURL }) => repoURL))].filter((url) => !permitsSource(project, url));
  return [
    ...refused.map((url) => `${label} does not permit the source \`${url}\``),
    ...(permitsDestination(project, destination) ? [] : [`${label} does not permit ${destinationText(destination)}`]),
  ];
}

/** Of patterns that deny, each must not match; of all, one must. */
function permitsSource({ spec }: AppProject, url: string): boolean {
  const wanted = normalUrl(url);
  const patterns = spec.sourceRepos.map((pattern) =>
    isDenying(pattern) ? `!${normalUrl(pattern.slice(1))}` : normalUrl(pattern),
  );
  if (patterns.some((pattern) => isDenying(pattern) && !matches(pattern, wanted, "/"))) return false;
  return patterns.some((pattern) => matches(pattern, wanted, "/"));
}

/** What is not known of the destination refuses nothing. */
function permitsDestination({ spec }: AppProject, { cluster, server, namespace = "" }: Destination): boolean {
  const known = spec.destinations.every(
    (item) => (item.name === "" || cluster !== undefined) && (item.server === "" || server !== undefined),
  );
  let permitted = false;
  for (const item of spec.destinations) {
    const ofName = cluster !== undefined && matches(item.name, cluster);
    const ofServer = server !== undefined && matches(item.server, server);
    const ofNamespace = matches(item.namespace, namespace);
    if ((ofName || ofServer) && ofNamespace) permitted = true;
    else if (ofNamespace && ((!ofName && isDenying(item.name)) || (!ofServer && isDenying(item.server)))) return !known;
    else if (!ofNamespace && isDenying(item.namespace) && ofServer) return !known;
  }
  return permitted || !known;
}

function isDenying(pattern: string): boolean {
  return pattern.startsWith("!");
}

function matches(pattern: string, value: string, separator = ""): boolean {
  if (isDenying(pattern)) return !matchesGlob(pattern.slice(1), value, separator);
  return pattern === "*" || matchesGlob(pattern, value, separator);
}

/** As Argo CD compares the addresses of repositories. */
export function normalUrl(url: string): string {
  const lower = url.trim().toLowerCase();
  const scp = /^([^/:@\s]+@)?([a-z0-9.-]+):(?!\/\/)(.+)$/.exec(lower);
  const full = scp !== null && !lower.includes("://") ? `ssh://${scp[1] ?? ""}${scp[2]}/${scp[3]}` : lower;
  return full.replace(/\.git$/, "").replace(/^ssh:\/\//, "");
}

function destinationText({ cluster, server, namespace }: Destination): string {
  const where = cluster ?? server;
  const place = namespace === undefined ? "" : `the namespace \`${namespace}\``;
  return where === undefined ? place : `${place === "" ? "" : `${place} of `}the cluster \`${where}\``;
}

/** The project that an Application is in. */
export function projectOf(
  { spec }: Pick<Application, "spec">,
  projects: readonly AppProject[],
): AppProject | undefined {
  const wanted = spec.project || "default";
  return projects.find(({ metadata }) => metadata.name === wanted);
}
