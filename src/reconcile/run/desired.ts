import { createHash } from "node:crypto";
import type { RepositoryContext } from "../../change/repository-context.ts";
import type { DeployRequest, Operation, OperationReport } from "../../model/deploy.ts";
import { UserError } from "../../model/errors.ts";
import type { Render, Renderer } from "../../model/render.ts";
import type { Target } from "../../model/target.ts";
import { sentenceList } from "../../model/text/lists.ts";
import type { Desired } from "../engines/engine.ts";

/** What a target is to become, or why Git does not say. */
export type DesiredOrNot =
  | { readonly ok: true; readonly desired: Desired }
  | { readonly ok: false; readonly report: OperationReport };

interface DesiredPorts {
  readonly renderer: Pick<Renderer, "render" | "yaml">;
  readonly clock: () => number;
}

/**
 * Renders a target at the head. What does not render whole is not deployed where Sluice's own render is what gets there
 * (`whole`): a cluster that gets half of it would lose the other half. A controller renders by itself, and may have
 * what Sluice lacks.
 */
export async function desiredOf(
  { renderer, clock }: DesiredPorts,
  { tree, repository, head, signal }: Pick<RepositoryContext, "tree" | "repository" | "head" | "signal">,
  { app, environment, render: spec }: Target,
  request: DeployRequest | undefined,
  whole: boolean,
): Promise<DesiredOrNot> {
  const source = { tree, objects: repository.objects };
  const render = await renderer.render(spec, source, signal);
  const failure = whole ? failureOf(render) : undefined;
  if (failure !== undefined) {
    const operation = operationOf({ app, environment, head, digest: render.digest }, clock());
    return { ok: false, report: { operation, status: { state: "failed", at: clock(), failure, steps: [] } } };
  }
  const resources = render.ok ? () => render.resources() : () => [];
  const yaml = () => renderer.yaml(spec, source, signal);
  const asked = request === undefined ? {} : { request };
  const sameAt = async (commit: string): Promise<boolean> => {
    const then = { tree: await repository.tree(commit), objects: repository.objects };
    return rendersSame(render, await renderer.render(spec, then, signal));
  };
  const about = { app, environment, path: spec.path, head, digest: render.digest };
  return { ok: true, desired: { ...about, resources, yaml, sameAt, ...asked } };
}

/** What Sluice lacks may differ. */
function rendersSame(one: Render, other: Render): boolean {
  return [one, other].every((each) => each.ok && each.unpinned.length === 0) && one.digest === other.digest;
}

/** An operation that needs no more memory than what it is about: every run gives it the same id. */
export function operationOf(about: Omit<Operation, "id" | "startedAt">, startedAt: number): Operation {
  const { app, environment, head, digest } = about;
  const id = createHash("sha256").update([app, environment, head, digest].join("\0")).digest("hex").slice(0, 20);
  return { ...about, id, startedAt };
}

function failureOf(render: Render) {
  if (render.ok && render.unpinned.length === 0) return undefined;
  const summary = render.ok ? lacking(render.unpinned) : failed(render.failure);
  return { kind: "render", summary, problems: [], events: [], applied: false } as const;
}

function lacking(unpinned: Render["unpinned"]): string {
  return `it needs ${sentenceList(unpinned.map(({ reference }) => reference).slice(0, 3))}, which Sluice does not have`;
}

function failed({ message, file, line }: Extract<Render, { ok: false }>["failure"]): string {
  const [first = ""] = message.split("\n");
  const place = file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`;
  return `it cannot be rendered: ${first.slice(0, 300)}${place}`;
}

/** What a UserError of a deploy engine says of a target. */
export function refusedReport(operation: Operation, error: UserError, at: number): OperationReport {
  const problem = error.fix === undefined ? error.message : `${error.message}. ${error.fix}`;
  const failure = { kind: "refused", summary: problem, problems: [], events: [], applied: false } as const;
  return { operation, status: { state: "failed", at, failure, steps: [] } };
}

/** Rethrows what is not the user's to fix. */
export function userErrorOf(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}
