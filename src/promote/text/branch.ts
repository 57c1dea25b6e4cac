import { createHash } from "node:crypto";

/** What a pull request of Sluice's own does. */
export type PromotionKind = "promotion" | "rollback";

const prefixes: Readonly<Record<PromotionKind, string>> = {
  promotion: "sluice/promote/",
  rollback: "sluice/rollback/",
};

/** What a branch name says. `group` is there in place of `app` when several apps are carried together. */
export type BranchFacts = { readonly kind: PromotionKind; readonly environment: string } & (
  | { readonly app: string; readonly group?: undefined }
  | { readonly group: string; readonly app?: undefined }
);

/**
 * The one branch of a promotion: one for a target for ever, or one for this set of apps, whatever their order. Parses
 * back with `parseBranch`.
 */
export function promotionBranch(kind: PromotionKind, environment: string, apps: readonly string[]): string {
  const [only, ...more] = apps;
  const last = only !== undefined && more.length === 0 ? segment(only) : `+group/${groupOf(apps)}`;
  return `${prefixes[kind]}${segment(environment)}/${last}`;
}

/** What `promotionBranch` wrote, `undefined` for every other name. */
export function parseBranch(branch: string): BranchFacts | undefined {
  for (const kind of ["promotion", "rollback"] as const) {
    if (!branch.startsWith(prefixes[kind])) continue;
    const [first = "", second = "", third, ...rest] = branch.slice(prefixes[kind].length).split("/");
    const environment = unsegment(first);
    if (environment === undefined || environment === "" || rest.length > 0) return undefined;
    if (second === "+group") {
      return third !== undefined && /^[0-9a-f]{12}$/.test(third) ? { kind, environment, group: third } : undefined;
    }
    const app = third === undefined ? unsegment(second) : undefined;
    return app === undefined || app === "" ? undefined : { kind, environment, app };
  }
  return undefined;
}

function groupOf(apps: readonly string[]): string {
  return createHash("sha256")
    .update([...apps].sort().join("\0"))
    .digest("hex")
    .slice(0, 12);
}

/** A name as one segment of a ref: what `git check-ref-format` refuses, and `+` and `%`, are percent-encoded. */
function segment(name: string): string {
  const encoded = [...new TextEncoder().encode(name)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9_.-]/.test(char) ? char : percent(byte);
    })
    .join("");
  return encoded
    .replaceAll("..", ".%2E")
    .replace(/^[.-]/, (char) => percent(char.charCodeAt(0)))
    .replace(/\.$/, "%2E")
    .replace(/\.lock$/, "%2Elock");
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

function unsegment(text: string): string | undefined {
  try {
    const name = decodeURIComponent(text);
    return segment(name) === text ? name : undefined;
  } catch {
    // A malformed escape is not ours.
    return undefined;
  }
}
