import { isJsonObject, type Json, type JsonObject } from "../../../src/model/json.ts";

/** Whether an object's labels are as a selector of `kubectl -l` wants them. */
export function matchesLabels(object: JsonObject, selector: string | undefined): boolean {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const labels = isJsonObject(metadata.labels) ? metadata.labels : {};
  return terms(selector).every((term) => matchesTerm(labels, term));
}

/** Terms are separated by commas outside of parentheses. */
function terms(selector: string | undefined): readonly string[] {
  return (selector?.match(/(?:\([^)]*\)|[^,(])+/g) ?? []).map((term) => term.trim()).filter(Boolean);
}

function matchesTerm(labels: JsonObject, term: string): boolean {
  const [, key = "", not, values] = /^(\S+)\s+(not)?in\s+\((.*)\)$/.exec(term) ?? [];
  if (values !== undefined) {
    const among = values
      .split(",")
      .map((value) => value.trim())
      .includes(String(labels[key]));
    return not === undefined ? among : !among;
  }
  const [, name = "", operator, value] = /^([^!=\s]+)\s*(==?|!=)\s*(\S*)$/.exec(term) ?? [];
  if (operator !== undefined) return operator === "!=" ? labels[name] !== value : labels[name] === value;
  return term.startsWith("!") ? labels[term.slice(1).trim()] === undefined : labels[term] !== undefined;
}

/** Whether an object's fields are as a selector of `kubectl --field-selector` wants them. */
export function matchesFields(object: JsonObject, selector: string | undefined): boolean {
  return terms(selector).every((term) => {
    const [, path = "", operator, value = ""] = /^([\w.]+)(==?|!=)(.*)$/.exec(term) ?? [];
    const equal = String(at(object, path.split(".")) ?? "") === value.replace(/\\(.)/g, "$1");
    return operator === "!=" ? !equal : equal;
  });
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return isJsonObject(value) ? at(value[key], rest) : undefined;
}
