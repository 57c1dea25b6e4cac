import type { ChartChange, Finding } from "../model/preview.ts";
import type { UnpinnedReference } from "../model/render.ts";
import type { MovingSource } from "../model/sources.ts";
import { stopped } from "../model/text/lines.ts";
import { inTicks } from "../model/text/markdown.ts";
import { readSemver } from "../model/versions.ts";
import { verbatim } from "./finding-words.ts";
import { toTargetFinding } from "./findings/target-finding.ts";
import { redactMessage, withoutCredentials } from "./redact.ts";
import type { TargetName } from "./target-findings.ts";

/** A chart goes to another major version; nothing for any other change. */
export function majorVersionFinding(about: TargetName & { readonly chart: ChartChange }): readonly Finding[] {
  const { app, environment, chart } = about;
  const [from, to] = [readSemver(chart.from), readSemver(chart.to)];
  if (from === undefined || to === undefined || from.major === to.major) return [];
  const [older, name] = [to.major < from.major, inTicks(verbatim(chart.name))];
  return [
    toTargetFinding(
      { id: "chart-major-version", severity: "warning", app, environment, resource: "" },
      {
        short: `chart ${verbatim(chart.name)} goes ${older ? "back " : ""}to version ${to.major}`,
        message: `{app}{where} {gets|get} chart ${name} ${inTicks(verbatim(chart.to))} instead of ${inTicks(verbatim(chart.from))}. ${older ? "An older major version may not read what the newer one left." : "A new major version may rename values and need steps by hand."}`,
        fix: "read its release notes before the merge",
      },
    ),
  ];
}

/** A source that should always be the same is another one than it was; nothing for what is meant to move. */
export function sourceMovedFinding({ reference, revision, movedFrom }: MovingSource): readonly Finding[] {
  if (movedFrom === undefined) return [];
  const [name, was, now] = [reference, movedFrom, revision].map((text) => inTicks(verbatim(text)));
  return [
    toTargetFinding(
      { id: "source-moved", severity: "warning", app: "", environment: "", resource: reference },
      {
        short: "a source is not what it was",
        message: `${name} is ${now} now, and was ${was} when it was first seen. Somebody moved it: what is deployed changes without a commit here.`,
        fix: "find out who moved it; name a commit or a digest",
      },
    ),
  ];
}

/** A remote base, file or chart was left out of a render. */
export function notFetchedFinding(about: TargetName & { readonly reference: UnpinnedReference }): Finding {
  const { app, environment, reference } = about;
  if (reference.kind === "generator") return generatorFinding(about);
  const { file, before } = reference;
  const { why, fix, isAsked } = notFetchedReason(reference);
  // What an object asks for is named as the object has it: it need not be a base.
  const { kind = isAsked ? "source" : "base" } = reference;
  const what = kind === "base" || kind === "file" ? `remote ${kind}` : kind;
  const was = before === undefined ? "" : ` (${inTicks(verbatim(withoutCredentials(before)))} before)`;
  const mayMove = kind === "base" || kind === "file" || kind === "chart";
  const moving =
    !mayMove || isPinned(reference) ? "" : " It names no fixed version, so it can change without a commit here.";
  return {
    ...toTargetFinding(
      { id: "reference-not-fetched", severity: "warning", app, environment, resource: "" },
      {
        short: `1 ${what} unknown`,
        message: `Not fetched: the ${what} ${inTicks(verbatim(withoutCredentials(reference.reference)))}${was}. ${why} What it adds is not compared.${moving}`,
        fix,
      },
    ),
    ...(file !== undefined ? { file } : {}),
  };
}

/** Nobody knows what a generator of an ApplicationSet gives; worded alike for all that lack the same. */
function generatorFinding({
  app,
  environment,
  reference,
}: TargetName & { readonly reference: UnpinnedReference }): Finding {
  const { reason, file } = reference;
  const [why = "", ...how] = verbatim(reason).split(": ");
  return {
    ...toTargetFinding(
      { id: "reference-not-fetched", severity: "warning", app, environment, resource: "" },
      {
        short: "1 ApplicationSet unknown",
        message: `{app}{where} {makes|make} Applications that nobody knows here: ${why}. What they deploy is not compared.`,
        ...(how.length > 0 && { fix: how.join(": ") }),
      },
    ),
    ...(file !== undefined ? { file } : {}),
  };
}

/** The reference without the credentials in its addresses: as it may be shown, and kept with what is shown. */
export function shownReference({ source: _, ...reference }: UnpinnedReference): UnpinnedReference {
  const { before } = reference;
  return {
    ...reference,
    reference: withoutCredentials(reference.reference),
    reason: withoutCredentials(reference.reason),
    ...(before === undefined ? {} : { before: withoutCredentials(before) }),
  };
}

/** What the engine says of everything that is not there: nobody was asked for it. */
const notAsked = /not fetched|not pulled/;

function notFetchedReason({ reason, failure }: UnpinnedReference) {
  if (reason === "" || (notAsked.test(reason) && !reason.includes(":")))
    return {
      why: "This Sluice reads the repository only; Argo CD and Flux fetch it when they deploy.",
      fix: "to have it compared, copy it into the repository",
      isAsked: false,
    };
  const sentence = stopped(verbatim(redactMessage(reason)));
  return {
    why: `${asSentence(sentence)} Argo CD and Flux are not affected.`,
    fix: failure === undefined ? "copy it into the repository" : fixes[failure],
    isAsked: true,
  };
}

const fixes: Readonly<Record<NonNullable<UnpinnedReference["failure"]>, string>> = {
  "not-allowed":
    "whoever runs Sluice can allow the address (`sources.allow`; on the command line `SLUICE_SOURCES_ALLOW`); or copy it into the repository",
  refused: "correct the address, or copy it into the repository",
  "not-found": "correct the address or the version",
  denied: "whoever runs Sluice can set credentials for the host (`sources.credentials` in the server's settings)",
  limit: "whoever runs Sluice can raise `sources.limits` in the server's settings; or copy it into the repository",
  unreachable: "see whether the host can be reached, then ask again",
};

/** With a capital, unless it begins with an address, which is as it is. */
function asSentence(text: string): string {
  const [first = ""] = text.split(" ", 1);
  return /[./:\\]./.test(first) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Whether a reference always leads to the same: a base at a commit or a tag with a number, a chart at a version. */
function isPinned({ reference, kind }: UnpinnedReference): boolean {
  if (kind === "chart") return /[:@]v?\d+\.\d+\.\d+[^\s|<>=~^*]*$/.test(reference);
  return (
    /[?&](?:ref|version)=(?:[0-9a-f]{40}|v?\d[^&]*|[^&]*\d+\.\d+[^&]*)/.test(reference) ||
    /\/v?\d+\.\d+/.test(reference)
  );
}
