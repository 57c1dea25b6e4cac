import { Fault } from "../model/errors.ts";
import type { Annotation, CheckReport } from "../model/github.ts";
import { ANNOTATIONS_PER_REQUEST, OUTPUT_LIMIT } from "./limits.ts";

/** An annotation as GitHub's API gives it. */
export interface PresentAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly title: string | null;
  readonly message: string | null;
}

/** An annotation as GitHub's API takes it. */
export interface WireAnnotation extends PresentAnnotation {
  readonly annotation_level: Annotation["level"];
  readonly title: string;
  readonly message: string;
}

/** Throws a `bug` Fault for a report that GitHub would refuse: the caller has to cut it and to say so. */
export function assertReport(report: CheckReport): void {
  for (const [name, text] of [
    ["summary", report.summary],
    ["text", report.text ?? ""],
  ] as const) {
    if (text.length > OUTPUT_LIMIT)
      throw new Fault("bug", `a check's ${name} of ${text.length} characters; GitHub takes ${OUTPUT_LIMIT}`);
  }
  if (report.status === "in_progress" && (report.annotations ?? []).length > 0) {
    throw new Fault("bug", "annotations on a check that is not complete: GitHub would keep them for good");
  }
  if ((report.status === "completed") !== (report.conclusion !== undefined)) {
    throw new Fault("bug", `a check that is ${report.status} with conclusion ${report.conclusion ?? "none"}`);
  }
}

/** The annotations of a report as GitHub takes them. */
export function wireAnnotations(annotations: readonly Annotation[]): readonly WireAnnotation[] {
  return annotations.map((one) => ({
    path: one.path,
    start_line: one.startLine,
    end_line: one.endLine,
    annotation_level: one.level,
    title: one.title,
    message: one.message,
  }));
}

/**
 * Which annotations are still to be sent when some are there; `undefined` when one is there that is not wanted, because
 * GitHub cannot delete annotations.
 */
export function annotationsToAdd(
  wanted: readonly WireAnnotation[],
  present: readonly PresentAnnotation[],
): WireAnnotation[] | undefined {
  const left = new Map(wanted.map((one) => [fingerprint(one), one]));
  for (const one of present) {
    if (!wanted.some((each) => fingerprint(each) === fingerprint(one))) return undefined;
    left.delete(fingerprint(one));
  }
  return [...left.values()];
}

function fingerprint(one: PresentAnnotation): string {
  return JSON.stringify([
    one.path,
    one.start_line,
    one.end_line,
    one.annotation_level,
    one.title ?? "",
    one.message ?? "",
  ]);
}

/** One request's part of a report. */
export interface CheckPart extends CheckState {
  readonly name: string;
  readonly details_url?: string;
  readonly external_id?: string;
}

/** What a check run says. */
export interface CheckState {
  readonly status: CheckReport["status"];
  readonly conclusion?: NonNullable<CheckReport["conclusion"]>;
  readonly output: {
    readonly title: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly WireAnnotation[];
  };
}

/**
 * The requests that say a report, in order: at most 50 annotations each, and only the last one completes the check, so
 * that one that is complete lacks nothing.
 */
export function checkParts(
  report: CheckReport,
  annotations: readonly WireAnnotation[],
): readonly [CheckPart, ...CheckPart[]] {
  const batches: WireAnnotation[][] = [];
  for (let at = 0; at < annotations.length; at += ANNOTATIONS_PER_REQUEST)
    batches.push(annotations.slice(at, at + ANNOTATIONS_PER_REQUEST));
  const earlier = batches.slice(0, -1).map((batch) => part({ ...report, status: "in_progress" }, batch));
  const last = part(report, batches.at(-1) ?? []);
  const [first, ...rest] = [...earlier, last];
  return first === undefined ? [last] : [first, ...rest];
}

function part(report: CheckReport, annotations: readonly WireAnnotation[]): CheckPart {
  return {
    name: report.name,
    status: report.status,
    ...(report.status === "completed" && report.conclusion !== undefined ? { conclusion: report.conclusion } : {}),
    ...(report.detailsUrl === undefined ? {} : { details_url: report.detailsUrl }),
    ...(report.externalId === undefined ? {} : { external_id: report.externalId }),
    output: {
      title: report.title,
      summary: report.summary,
      ...(report.text === undefined ? {} : { text: report.text }),
      ...(annotations.length === 0 ? {} : { annotations }),
    },
  };
}
