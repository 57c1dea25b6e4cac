import type {
  Drift,
  EnvironmentDrift,
  Finding,
  Preview,
  ResourceChange,
  ResourceId,
  TargetPreview,
} from "../../model/preview.ts";
import { redactMessage } from "../redact.ts";

/**
 * A preview as the one JSON object of `sluice preview --format json`. Without `all`, unchanged targets are only
 * counted.
 */
export function previewJson(preview: Preview, { all = false }: { readonly all?: boolean } = {}) {
  const { base, mergeBase, head, completeness, drift } = preview;
  const targets = preview.targets.filter(({ status }) => all || status !== "unchanged");
  const { targets: known, affected, rendered, failed, truncated, hiddenLines, unpinned } = completeness;
  const { partial = 0, unread = [], unknown = 0, values = [] } = completeness;
  const { moved = [], unknown: unknownTargets = [], moving = [] } = preview;
  const left = {
    ...(partial > 0 && { partial }),
    ...(unread.length > 0 && { unread }),
    ...(unknown > 0 && { unknown }),
    ...(values.length > 0 && { values }),
  };
  return {
    base,
    mergeBase,
    head,
    targets: targets.map(targetJson),
    findings: preview.findings.map(findingJson),
    ...(moved.length > 0 && { moved }),
    ...(unknownTargets.length > 0 && { unknown: unknownTargets }),
    ...(moving.length > 0 && { moving }),
    notes: preview.notes.map(redactMessage),
    ...(drift === undefined ? {} : { drift: driftJson(drift) }),
    completeness: {
      ...{ targets: known, affected, rendered, failed, truncated, hiddenLines, ...left },
      unpinned: unpinned.map(({ source: _, ...reference }) => reference),
    },
  };
}

function targetJson({
  app,
  environment,
  path,
  renderer,
  status,
  because,
  changes,
  images,
  partial,
  error,
  declaration,
  destination,
  handling,
  moves,
  charts,
}: TargetPreview) {
  return {
    app,
    environment,
    path,
    renderer,
    status,
    ...(declaration && { declaration }),
    ...(destination && { destination }),
    ...(handling && { handling }),
    ...(moves && { moves }),
    ...(charts && { charts }),
    ...(partial && { partial }),
    because,
    changes: changes.map(changeJson),
    images: images.map(({ container, from, to }) => ({ container, from, to })),
    ...(error === undefined ? {} : { error: errorJson(error) }),
  };
}

function changeJson(change: ResourceChange) {
  const { action, addedLines, removedLines, diff, from, orphaned, hook } = change;
  return {
    action,
    ...(orphaned && { orphaned }),
    ...(hook && { hook }),
    ...idJson(change),
    ...(from === undefined ? {} : { from: idJson(from) }),
    addedLines,
    removedLines,
    diff,
  };
}

function idJson({ apiVersion, kind, namespace, name }: ResourceId) {
  return { apiVersion, kind, namespace, name };
}

function errorJson({ message, file, line, cause }: NonNullable<TargetPreview["error"]>) {
  return {
    message: redactMessage(message),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(cause === undefined ? {} : { cause }),
  };
}

function findingJson({ id, severity, app, environment, resource, message }: Finding) {
  return { id, severity, app, environment, resource, message };
}

function driftJson({ apart, unchecked }: Drift) {
  return { apart: apart.map(pairJson), unchecked };
}

function pairJson({ app, environment, from, versions, fields, more, byPullRequest, commits }: EnvironmentDrift) {
  return {
    app,
    environment,
    from,
    versions: versions.map(({ image, here, there }) => ({ image, here, there })),
    fields: fields.map(({ resource, path, here, there }) => ({
      resource,
      path,
      here: here ?? null,
      there: there ?? null,
    })),
    more,
    byPullRequest,
    commits: commits.map(({ sha, subject, author, environment: where }) => ({
      sha,
      subject,
      author,
      environment: where,
    })),
  };
}
