import { type Finding, type Preview, SEVERITIES, type Severity } from "../../model/preview.ts";
import { type Acknowledge, type FilledWords, fillWords } from "../finding-words.ts";
import { environmentOrder } from "./environments.ts";

/** Findings that say the same of several places and resources. */
export interface FindingGroup {
  readonly id: string;
  readonly severity: Severity;
  /** Production first; never empty. */
  readonly places: readonly Finding[];
  /** The phrases for all places together. */
  filled(ack: Acknowledge): FilledWords;
}

/** The groups of one preview are asked for by its title, its text and its check. */
const known = new WeakMap<Preview, readonly FindingGroup[]>();

/** Each finding once, however many places it has: the gravest first, then production first, then most places. */
export function groupFindings(preview: Preview): readonly FindingGroup[] {
  const groups = known.get(preview) ?? compute(preview);
  known.set(preview, groups);
  return groups;
}

function compute(preview: Preview): readonly FindingGroup[] {
  const order = environmentOrder(preview);
  const byText = Map.groupBy(preview.findings, ({ id, severity, words, message, fix }) =>
    [id, severity, words?.message ?? message, words?.fix ?? fix ?? ""].join("\n"),
  );
  const groups = [...byText.values()].flatMap((findings) => {
    const places = findings.toSorted((a, b) => order(a.environment, b.environment));
    const [first] = places;
    return first === undefined ? [] : [toGroup(first, places)];
  });
  return groups.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      order(a.places[0]?.environment ?? "", b.places[0]?.environment ?? "") ||
      b.places.length - a.places.length,
  );
}

function toGroup(first: Finding, places: readonly Finding[]): FindingGroup {
  const { id, severity, words, message, fix } = first;
  return {
    id,
    severity,
    places,
    filled: (ack) =>
      words === undefined
        ? { short: id.replaceAll("-", " "), message: message.trim() || id.replaceAll("-", " "), fix }
        : fillWords(
            words,
            places.map(({ app, environment, words: own }) => ({ app, environment, name: own?.name })),
            ack,
          ),
  };
}
