import { UserError } from "./errors.ts";
import type { SourceRequest } from "./sources.ts";

/**
 * The addresses (`host/path`) that stand for a request; it may be fetched where one of them may be. Versions are no
 * part of them. Throws a `refused` UserError for what is fetched from nowhere: another scheme than https, credentials
 * in the address.
 */
export function addressesOf(request: SourceRequest): readonly string[] {
  switch (request.kind) {
    case "git":
      return [addressOfUrl(gitUrl(request.url))];
    case "helm":
      return [addressOfUrl(secureUrl(request.repository, "https:"))];
    case "oci-chart": {
      const address = addressOfUrl(secureUrl(request.url, "oci:"));
      return [address, address.slice(0, Math.max(address.lastIndexOf("/"), 0))].filter((one) => one !== "");
    }
    case "oci-artifact":
      return [addressOfUrl(secureUrl(request.url, "oci:"))];
    case "file":
      return [addressOfFile(secureUrl(request.url, "https:"))];
    default:
      return request satisfies never;
  }
}

/**
 * The https URL of a Git repository that is named in one of Git's ways; the account `git` of ssh is left out. Throws a
 * `refused` UserError for what has no such URL.
 */
export function gitUrl(written: string): URL {
  const scp = /^(?:git@)?([A-Za-z0-9.-]+):(?![/:])(\S+)$/.exec(written);
  if (scp !== null && !written.includes("://")) return secureUrl(`https://${scp[1]}/${scp[2]}`, "https:");
  const ssh = /^(?:git\+)?ssh:\/\/(?:git@)?([^/:@]+)(?::\d+)?\/(.+)$/.exec(written);
  if (ssh !== null) return secureUrl(`https://${ssh[1]}/${ssh[2]}`, "https:");
  return secureUrl(written, "https:");
}

/** An address with this scheme and without credentials, query of its own kept. Throws a `refused` UserError. */
export function secureUrl(written: string, scheme: "https:" | "oci:"): URL {
  // Hosts of other schemes than the web's are not read as hosts.
  const web = scheme === "oci:" ? written.replace(/^oci:\/\//, "https://") : written;
  const url = written.length <= 2048 && written.startsWith(`${scheme}//`) ? URL.parse(web) : null;
  if (url === null) {
    throw new UserError("refused", `${shown(written)} is not fetched: it is no ${scheme}// address`, {
      fix: "Name an https:// address (charts and artifacts in registries: oci://), or put a copy into the repository.",
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new UserError("refused", `${url.host}${url.pathname} is not fetched: the address holds credentials`, {
      fix: "Take them out of the address; the operator sets credentials for each host.",
    });
  }
  url.hash = "";
  return url;
}

/** `host/path`, in lower case, without `.git` and slashes at the end. */
function addressOfUrl({ host, pathname }: URL): string {
  const path = pathname
    .replaceAll(/\/{2,}/g, "/")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
  return `${host}${path}`.toLowerCase();
}

/** A folder or file name that says which version: `v1.2.3`, a commit, the names that GitHub has for the newest. */
const version = /^(?:v?\d+(?:\.\d+)+.*|v\d+|[0-9a-f]{7,64}|latest|main|master|head)$/i;

/** The repository on GitHub, else the folder above the first name that is a version. */
function addressOfFile(url: URL): string {
  const names = url.pathname.split("/").filter((name) => name !== "");
  if (url.host === "github.com" || url.host === "raw.githubusercontent.com")
    return ["github.com", ...names.slice(0, 2)].join("/").toLowerCase();
  const end = names.findIndex((name) => version.test(name));
  return [url.host, ...names.slice(0, end < 0 ? -1 : end)].join("/").toLowerCase();
}

/** Whether a file's address names a version, so that what it holds should not change. */
export function namesVersion(url: URL): boolean {
  return url.pathname.split("/").some((name) => version.test(name) && !/^(?:latest|main|master|head)$/i.test(name));
}

/** What a request asks for, for people: without credentials. */
export function describeRequest(request: SourceRequest): string {
  switch (request.kind) {
    case "git":
      return shown(request.url);
    case "helm":
      return shown(`${request.repository.replace(/\/+$/, "")}/${request.chart}`);
    default:
      return shown(request.url);
  }
}

function shown(text: string): string {
  const printable = text.replaceAll(/[\p{Cc}\s]/gu, "?").replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/i, "$1");
  return printable.length > 200 ? `${printable.slice(0, 199)}…` : printable;
}
