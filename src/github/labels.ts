import { z } from "zod";
import type { Client } from "./client.ts";
import { refusedBy } from "./errors.ts";

const ROUTE = "PATCH /repos/{owner}/{repo}/issues/{issue_number}";

/** See `GitHubRepository.setLabelsAndAssignees`. Where GitHub refuses the assignees the labels are set without them. */
export async function setLabelsAndAssignees(
  client: Client,
  number: number,
  labels: readonly string[],
  assignees: readonly string[],
): Promise<void> {
  const set = async (more: { readonly assignees?: readonly string[] }) =>
    (await client.attempt(ROUTE, { issue_number: number, labels, ...more }, z.unknown(), [422])).refused;
  const refused = await set({ assignees });
  if (refused === undefined) return;
  const again = assignees.length === 0 ? refused : await set({});
  if (again !== undefined) throw refusedBy(again, `label #${number}`);
}
