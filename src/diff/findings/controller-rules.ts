import type { Declaration, Destination, Handling } from "../../model/declaration.ts";
import { type ControllerChange, controllerChanges } from "../controllers/changes.ts";
import { type ControllerFacts, controllerFacts } from "../controllers/facts.ts";
import type { FindingRule } from "./rule.ts";
import { type TargetFinding, toTargetFinding } from "./target-finding.ts";

/** The rules about objects of Argo CD and Flux, whose controllers work in another way after the change. */
export const controllerRules: readonly FindingRule[] = controllerChanges.map(({ id, severity, tell }) => ({
  id,
  severity,
  check({ how, base, head }) {
    if (how !== "same" || base === undefined || head === undefined) return [];
    const [before, after] = [controllerFacts(base.object), controllerFacts(head.object)];
    if (before === undefined || after === undefined) return [];
    return tell(before, after).map((told) => ({ ...told, noun: head.id.kind, name: head.id.name }));
  },
}));

/** What a declaration says of its target on one side. */
export interface DeclaredSide {
  readonly declaration: Declaration;
  readonly destination?: Destination | undefined;
  readonly handling?: Handling | undefined;
}

/** The same about an object that people apply, which is in no render: from what is known of its target. */
export function entryFindings(
  about: { readonly app: string; readonly environment: string },
  base: DeclaredSide,
  head: DeclaredSide,
): readonly TargetFinding[] {
  return controllerChanges.flatMap((change) => entryFinding(change, about, base, head));
}

function entryFinding(
  { id, severity, tell }: ControllerChange,
  { app, environment }: { readonly app: string; readonly environment: string },
  base: DeclaredSide,
  head: DeclaredSide,
): readonly TargetFinding[] {
  const { kind, name, namespace, file, line } = head.declaration;
  const resource = namespace === "" ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
  return tell(factsOf(base), factsOf(head)).map((told) => ({
    ...toTargetFinding({ id, severity, app, environment, resource }, { ...told, noun: kind, name }),
    ...(file === undefined ? {} : { file, target: { kind, namespace, name }, pointer: told.pointer }),
    ...(file === undefined || line === undefined ? {} : { line }),
  }));
}

/** Of Flux the cluster is the folder's name, which may be another one for the same cluster. */
function factsOf({ declaration, destination, handling }: DeclaredSide): ControllerFacts {
  const { cluster, server, namespace } = destination ?? {};
  const isArgo = declaration.kind === "Application";
  const place = {
    ...(isArgo && cluster !== undefined ? { cluster } : {}),
    ...(isArgo && server !== undefined ? { server } : {}),
    ...(namespace === undefined ? {} : { namespace }),
  };
  return { ...handling, ...(destination === undefined ? {} : { destination: place }) };
}
