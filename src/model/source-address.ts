import { UserError } from "./errors.ts";
import type { SourceAddress, SourceRequest } from "./sources.ts";

/**
 * The addresses that stand for a request; it may be fetched where one of them may be. Versions are no part of them.
 * Throws a `refused` UserError for what is fetched from nowhere: another scheme than https, credentials
 * in the address.
 */
export function addressesOf(request: SourceRequest): readonly SourceAddress[] {
  switch (request.kind) {
    case "git":
      return [{ address: addressOfUrl(gitUrl(request.url)), holds: true }];
    case "helm":
      return [{ address: addressOfUrl(secureUrl(request.repository, "https:")), holds: false }];
    case "oci-chart": {
      const address = addressOfUrl(secureUrl(request.url, "oci:"));
      // A repository of charts is named without the chart. What else is below it is not known by it.
      const above = address.slice(0, Math.max(address.lastIndexOf("/"), 0));
      return [address, above].filter((one) => one !== "").map((one) => ({ address: one, holds: false }));
    }
    case "oci-artifact":
      return [{ address: addressOfUrl(secureUrl(request.url, "oci:")), holds: false }];
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
  if (!isHostName(url.hostname)) {
    throw new UserError("refused", `${shown(written)} is not fetched: it names no host`, {
      fix: "Correct the address.",
    });
  }
  url.hash = "";
  return url;
}

/**
 * Whether this is the name or the address of a host, and nothing that a program reads as more than that: curl takes a
 * sign before a name for an order.
 */
export function isHostName(hostname: string): boolean {
  return /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?)$/.test(hostname);
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

/**
 * The repository on GitHub, else the folder above the first name that is a version. A file at the top of a host stands
 * for itself: others are not known by it.
 */
function addressOfFile(url: URL): SourceAddress {
  const names = url.pathname.split("/").filter((name) => name !== "");
  const address = (host: string, below: readonly string[]): string => [host, ...below].join("/").toLowerCase();
  if (url.host === "github.com" || url.host === "raw.githubusercontent.com")
    return { address: address("github.com", names.slice(0, 2)), holds: names.length > 2 };
  const end = names.findIndex((name) => version.test(name));
  if (end < 0 && names.length < 2) return { address: address(url.host, names), holds: false };
  return { address: address(url.host, names.slice(0, end < 0 ? -1 : end)), holds: true };
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

/** Without what may be a secret: who asks, and long or telling parameters. */
function shown(text: string): string {
  const printable = text
    .slice(0, 4096)
    .replaceAll(/[\p{Cc}\s]/gu, "?")
    .replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/i, "$1")
    .replace(/([?&]([^=&#]+)=)([^&#]+)/g, (whole, key: string, name: string, value: string) =>
      /^(?:ref|version)$/.test(name) || (value.length <= 12 && !/token|key|secret|pass|pwd|sig|auth/i.test(name))
        ? whole
        : `${key}…`,
    );
  return printable.length > 200 ? `${printable.slice(0, 199)}…` : printable;
}
