const begin = "<!-- sluice:verdict -->";
const end = "<!-- /sluice:verdict -->";

/** The first lines of a description, which change with how it stands: `replaceVerdict` finds them again. */
export function verdictPart(text: string): string {
  return `${begin}\n${text}\n${end}`;
}

/** What the first lines of a description say; `undefined` where somebody took them out. */
export function shownVerdict(body: string): string | undefined {
  const from = body.indexOf(begin);
  const to = body.indexOf(end, from);
  return from < 0 || to < 0 ? undefined : body.slice(from, to);
}

/** The body with these first lines; unchanged where somebody took them out, and where an earlier version wrote it. */
export function replaceVerdict(body: string, section: string): string {
  const text = body.replaceAll("\r\n", "\n");
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  return from < 0 || to < 0 ? body : `${text.slice(0, from)}${section}${text.slice(to + end.length)}`;
}
