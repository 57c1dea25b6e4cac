import { acknowledgementOf, findingKey } from "../change/acknowledgement.ts";
import { historyOf } from "../change/repository-context.ts";
import type { PullRequest } from "../model/github.ts";
import type { Finding, Preview } from "../model/preview.ts";
import type { RepositoryState } from "../model/state.ts";

/** Findings about what was not compared, which nobody can know to be meant. */
const notCompared: ReadonlySet<string> = new Set(["render-failed", "broken-configuration", "reference-not-fetched"]);

/** Whether a person can say of the finding that it is meant: it is a risk of what was compared, in one target. */
export function canBeMeant({ id, severity, app, environment }: Finding): boolean {
  return severity !== "notice" && app !== "" && environment !== "" && !notCompared.has(id);
}

/** The preview with what people confirmed by `/ack` at this very head. */
export async function withAcknowledgements(
  preview: Preview,
  { number: pullRequest, head }: Pick<PullRequest, "number" | "head">,
  state: RepositoryState,
): Promise<Preview> {
  const compared = { pullRequest, head: head.sha, mergeBase: preview.mergeBase };
  const confirmed = async (finding: Finding): Promise<Finding> => {
    const history = await historyOf({ state }, finding.environment, finding.app);
    const acknowledged = acknowledgementOf(history, compared, findingKey(finding));
    return acknowledged === undefined ? finding : { ...finding, acknowledged };
  };
  const findings = preview.findings.map((one) => (canBeMeant(one) ? confirmed(one) : one));
  return { ...preview, findings: await Promise.all(findings) };
}
