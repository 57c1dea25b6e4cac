import { code, inert } from "../../diff/index.ts";
import type { CheckReport } from "../../model/github.ts";
import type { Verification } from "../verify.ts";

/** The check of an image pull request. */
export const imageCheck = "Sluice image";

/** What the registry says of the images that a pull request brings, with remarks about the pull request itself. */
export function imageCheckReport(
  pull: { readonly number: number; readonly head: { readonly sha: string } },
  { ok, lines }: Verification,
  remarks: readonly string[],
): CheckReport {
  const rows = lines.map(
    (line) => `| ${code(`${line.image}:${line.tag}`)} | ${line.ok ? "✓" : "✗"} ${inert(line.text)} |`,
  );
  const title = ok
    ? `${lines.length === 1 ? "The tag names" : "All tags name"} what is in the registry`
    : "The registry has something else";
  return {
    name: imageCheck,
    externalId: `pull-${pull.number}`,
    headSha: pull.head.sha,
    status: "completed",
    conclusion: ok ? "success" : "failure",
    title,
    summary: [["| Image | Registry |", "|---|---|", ...rows].join("\n"), ...remarks].join("\n\n"),
  };
}
