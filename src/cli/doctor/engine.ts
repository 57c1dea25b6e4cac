import type { Check, Patient } from "./check.ts";

/** The render engine: there, its version, and what it is locked down with. */
export async function checkEngine(_patient: Patient): Promise<readonly Check[]> {
  return [];
}
