import { GATES } from "../../model/gates.ts";

/** The list of gates as a fix for a name that is none, with what was probably meant. */
export function nearestGate(name: string): string {
  const wanted = name.toLowerCase();
  const meant = GATES.find((gate) => gate.toLowerCase().startsWith(wanted) || wanted.startsWith(gate.toLowerCase()));
  const list = `the gates are ${GATES.map((gate) => `\`${gate}\``).join(", ")}`;
  return meant === undefined ? list : `did you mean \`${meant}\`? ${list}`;
}
