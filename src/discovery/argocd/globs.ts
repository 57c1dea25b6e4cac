import { RE2JS, RE2JSException } from "re2js";

/**
 * Whether a text matches a glob as Argo CD's projects have them: `*`, `**`, `?`, `[…]` and `{a,b}`; with a separator,
 * `*` and `?` stay on one side of it. A glob that cannot be read matches nothing.
 */
export function matchesGlob(glob: string, text: string, separator = ""): boolean {
  const expression = expressionOf(glob, separator);
  try {
    return RE2JS.compile(expression, RE2JS.DOTALL).matches(text);
  } catch (error) {
    if (error instanceof RE2JSException) return false;
    throw error;
  }
}

function expressionOf(glob: string, separator: string): string {
  const one = separator === "" ? "." : `[^${separator}]`;
  let [at, depth, expression] = [0, 0, ""];
  while (at < glob.length) {
    const { taken, text, opens } = nextPart(glob, at, one, depth);
    at += taken;
    depth += opens;
    expression += text;
  }
  return expression;
}

interface Part {
  readonly taken: number;
  readonly text: string;
  readonly opens: number;
}

function nextPart(glob: string, at: number, one: string, depth: number): Part {
  const char = glob[at] ?? "";
  const part = (text: string, opens = 0): Part => ({ taken: 1, text, opens });
  switch (char) {
    case "*":
      return glob[at + 1] === "*" ? { taken: 2, text: ".*", opens: 0 } : part(`${one}*`);
    case "?":
      return part(one);
    case "\\":
      return { taken: 2, text: RE2JS.quote(glob[at + 1] ?? ""), opens: 0 };
    case "{":
      return part("(?:", 1);
    case "}":
      return depth > 0 ? part(")", -1) : part("\\}");
    case ",":
      return part(depth > 0 ? "|" : ",");
    case "[":
      return classPart(glob, at);
    default:
      return part(RE2JS.quote(char));
  }
}

function classPart(glob: string, at: number): Part {
  const [whole, not, inside] = /^\[(!?)([^\]]+)\]/.exec(glob.slice(at, at + 200)) ?? [];
  if (whole === undefined || inside === undefined) return { taken: 1, text: "\\[", opens: 0 };
  const chars = inside.replaceAll(/[\\[\]^&]/g, "\\$&");
  return { taken: whole.length, text: `[${not === "" ? "" : "^"}${chars}]`, opens: 0 };
}
