import { createHash } from "node:crypto";
import { type InputKind, type MissingInput, type Mount, mountRoot } from "../model/mount.ts";
import type { PinnedSource, SourceAnswer, SourceRequest } from "../model/sources.ts";
import type { KnownObject } from "./follower.ts";
import { mayBeMirror, type OwnRepository } from "./own-repository.ts";

/** Where a source stands in the tree of a render: readable, and another place for every source and revision. */
export function mountOf(request: SourceRequest, { tree, revision, version }: PinnedSource): Mount {
  const short = version ?? revision.replace(/^sha256:/, "").slice(0, 12);
  const names = [...addressOf(request).split("/"), `${short}-${digest(request)}`].map(safeName);
  return { at: [mountRoot, request.kind, ...names.filter((name) => name !== "")].join("/"), tree };
}

/** The input that a failed request leaves out, with the place that asks for it. */
export function missingOf(
  request: SourceRequest,
  answer: Extract<SourceAnswer, { ok: false }>,
  { file, line }: Pick<KnownObject, "file" | "line">,
  own: OwnRepository,
): MissingInput {
  const { kind: failure, message } = answer.failure;
  const isMirror = request.kind === "git" && mayBeMirror(request.url, own);
  const hint = isMirror ? " (a mirror of this repository is named with `addresses` in .sluice.yaml)" : "";
  const asked = { reference: labelOf(request), kind: kindOf(request) };
  return { ...asked, reason: `${message}${hint}`, failure, ...placeOf(file, line) };
}

function kindOf({ kind }: SourceRequest): InputKind {
  switch (kind) {
    case "git":
      return "repository";
    case "helm":
    case "oci-chart":
      return "chart";
    case "oci-artifact":
      return "artifact";
    case "file":
      return "file";
    default:
      return kind satisfies never;
  }
}

/** The input that an object asks for in a way that Sluice cannot follow. */
export function unusableInput(reason: string, { kind, name, file, line }: KnownObject): MissingInput {
  return { reference: `${kind} ${name}`, reason, ...placeOf(file, line) };
}

function placeOf(file: string | undefined, line: number | undefined): { file?: string; line?: number } {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}

/** What people know a source by: its address and the version that is asked for. */
export function labelOf(request: SourceRequest): string {
  switch (request.kind) {
    case "git":
      return withVersion(request.url, gitVersion(request.revision));
    case "helm":
      return withVersion(`${request.repository.replace(/\/+$/, "")}/${request.chart}`, request.version);
    case "oci-chart":
      return withVersion(request.url, request.version);
    case "oci-artifact":
      return withVersion(request.url, request.digest ?? request.range ?? request.tag ?? "");
    case "file":
      return request.url;
    default:
      return request satisfies never;
  }
}

function gitVersion(revision: Extract<SourceRequest, { kind: "git" }>["revision"]): string {
  switch (revision.kind) {
    case "commit":
      return revision.commit;
    case "branch":
    case "tag":
    case "name":
      return revision.name;
    case "semver":
      return revision.range;
    case "any":
      return revision.text;
    default:
      return revision satisfies never;
  }
}

function withVersion(address: string, version: string): string {
  return version === "" ? address : `${address}@${version}`;
}

function addressOf(request: SourceRequest): string {
  const label = request.kind === "helm" ? `${request.repository}/${request.chart}` : request.url;
  return label.replace(/^[a-z0-9+.-]+:\/\//i, "").replace(/^[^/@]*@/, "");
}

function safeName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._+-]+/g, "-")
    .replace(/^\.+/, "")
    .slice(0, 80);
}

/** Two requests that read alike (`a/b` and `a-b`) must not share a place. */
function digest(request: SourceRequest): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("hex").slice(0, 8);
}
