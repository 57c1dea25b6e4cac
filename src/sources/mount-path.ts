import { createHash } from "node:crypto";
import { describeRequest } from "../model/source-address.ts";
import type { SourceRequest } from "../model/sources.ts";

const folders: Readonly<Record<SourceRequest["kind"], string>> = {
  git: "git",
  helm: "charts",
  "oci-chart": "charts",
  "oci-artifact": "artifacts",
  file: "files",
};

/**
 * Where a reference is mounted, for people to read: `git/github.com_acme_bases_1a2b3c4d`. The same for the same
 * reference, and never below another mount.
 */
export function mountPath(reference: string, request: SourceRequest): string {
  const name = describeRequest(request)
    .replace(/^[a-z+]+:\/\//i, "")
    .replaceAll(/[^A-Za-z0-9.-]+/g, "_")
    .slice(0, 80)
    .replace(/^[._]+|[._]+$/g, "");
  const mark = createHash("sha256").update(reference).digest("hex").slice(0, 8);
  return `${folders[request.kind]}/${name}_${mark}`;
}

/** A request as people name it: with its version. */
export function referenceText(request: SourceRequest): string {
  const what = describeRequest(request);
  switch (request.kind) {
    case "git":
      return `${what}, ${revisionText(request.revision)}`;
    case "helm":
    case "oci-chart":
      return `${what}, ${request.version === "" ? "newest version" : `version ${request.version}`}`;
    case "oci-artifact":
      return `${what}, ${request.digest ?? (request.range === undefined ? `tag ${request.tag ?? "latest"}` : `range ${request.range}`)}`;
    case "file":
      return what;
    default:
      return request satisfies never;
  }
}

function revisionText(revision: Extract<SourceRequest, { kind: "git" }>["revision"]): string {
  switch (revision.kind) {
    case "commit":
      return revision.commit;
    case "branch":
    case "tag":
      return `${revision.kind} ${revision.name}`;
    case "name":
      return revision.name;
    case "semver":
      return `range ${revision.range}`;
    case "any":
      return revision.text === "" ? "HEAD" : revision.text;
    default:
      return revision satisfies never;
  }
}
