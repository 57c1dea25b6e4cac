/** The branch that holds and history are kept on. */
export const STATE_BRANCH = "sluice-state";

/** Where the branch explains itself. */
export const README_PATH = "README.md";

/** Promotions that were asked for before they were possible. */
export const DEFERRED_PATH = "waiting.yaml";

/** The file of an environment, or of one app in it. Distinct names give distinct files. */
export function targetPath(environment: string, app?: string): string {
  // A folder must never have the name of another environment's file.
  const folder = segment(environment).replaceAll(".", "=2E");
  return app === undefined ? `environments/${folder}.yaml` : `environments/${folder}/${segment(app)}.yaml`;
}

/** The folder of those files. */
export const PUBLISHED_FOLDER = "published";

/** The file that says what a branch of Sluice carries. */
export function publishedPath(branch: string): string {
  return `${PUBLISHED_FOLDER}/${segment(branch)}.yaml`;
}

/**
 * The name as one part of a path that every disk takes and no address mangles: other bytes, and a dot at the beginning,
 * are written `=2F`.
 */
function segment(name: string): string {
  const safe = [...Buffer.from(name)].map((byte, index) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9_-]/.test(char) || (char === "." && index > 0) ? char : escaped(byte);
  });
  return safe.join("") || "=";
}

function escaped(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
