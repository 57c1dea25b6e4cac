/**
 * Which paths the rules of a source's `ignore` leave out, where they only say which names at the top stay (`/*`, then
 * `!/name`), or say nothing and the default rules hold; `undefined` for all other rules. Too many rather than too few.
 */
export function ignoredNames(ignore: string): ((path: string) => boolean) | undefined {
  const rules = ignore.split("\n").flatMap((line) => (/^\s*(?:#.*)?$/.test(line) ? [] : [line.trim()]));
  if (rules.length === 0) return (path) => /(?:^|\/)\./.test(path) || defaultRules.test(path);
  const [first, ...kept] = rules;
  if (first !== "/*" || !kept.every((rule) => /^!\/[\w.-]+\/?$/.test(rule))) return undefined;
  const names = new Set(kept.map((rule) => rule.replace(/^!\/|\/$/g, "")));
  return (path) => /(?:^|\/)\.git/.test(path) || !names.has(path.split("/")[0] ?? "");
}

/** What source-controller leaves out besides files and folders that begin with a dot. */
const defaultRules =
  /\.(?:jpe?g|gif|png|wmv|flv|tar\.gz|zip)$|(?:^|\/)(?:appveyor\.yml|cloudbuild\.yaml|codeship-services\.yml|codeship-steps\.yml)$/;
