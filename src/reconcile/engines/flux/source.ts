import { z } from "zod";
import type { JsonObject } from "../../../model/json.ts";
import { type FluxObject, optionalText, readFluxObject, text, texts, time } from "./objects.ts";
import type { GitReference } from "./revision.ts";

/** What a controller fetched last. */
export interface Artifact {
  readonly revision: string;
  /** In milliseconds since the epoch. */
  readonly at: number | undefined;
  /** Of an OCI artifact: what whoever pushed it says of it. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** GitRepository, OCIRepository, HelmRepository. */
export interface Source extends FluxObject {
  readonly url: string;
  /** Of a GitRepository. */
  readonly follows: GitReference;
  readonly artifact: Artifact | undefined;
}

const reference = z
  .object({
    branch: optionalText,
    tag: optionalText,
    semver: optionalText,
    name: optionalText,
    commit: optionalText,
  })
  .catch({ branch: undefined, tag: undefined, semver: undefined, name: undefined, commit: undefined });
const artifact = z.object({ revision: z.string(), lastUpdateTime: time, metadata: texts }).optional().catch(undefined);
const source = z.object({
  spec: z.object({ url: text, ref: reference }).catch({ url: "", ref: {} }),
  status: z.object({ artifact }).catch({ artifact: undefined }),
});

/** Reads a source. */
export function readSource(object: JsonObject): Source {
  const { spec, status } = source.parse({ spec: {}, status: {}, ...object });
  const found = status.artifact;
  return {
    ...readFluxObject(object),
    url: spec.url,
    follows: spec.ref,
    artifact: found && { revision: found.revision, at: found.lastUpdateTime, metadata: found.metadata },
  };
}
