import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { messageOf, UserError } from "../model/errors.ts";
import { imageAddress, type RegistrySettings } from "../model/registry.ts";

/** How Sluice proves itself to a registry. */
export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "refresh"; readonly token: string };

/** One registry as it is spoken to. */
export interface Endpoint {
  /** As in the names of images. */
  readonly host: string;
  /** The origin that requests go to. */
  readonly origin: URL;
  /** What stands before every repository; empty or ends in a slash. */
  readonly prefix: string;
  readonly credential: Credential;
  readonly insecure: boolean;
  readonly private: boolean;
  readonly requestsPerSecond: number;
  readonly concurrency: number;
  /** PEM; `undefined`: the usual authorities. */
  readonly ca: readonly string[] | undefined;
}

/** The host under which a registry's images are known: Docker Hub's names are one. */
export function canonicalHost(host: string): string {
  return imageAddress(`${host}/name/name`).host;
}

/**
 * The endpoint of a host; without settings it is anonymous, public and over https. Throws a `usage` UserError when the
 * certificate file cannot be read.
 */
export function endpointOf(host: string, settings: RegistrySettings | undefined): Endpoint {
  const insecure = settings?.insecure ?? false;
  const otherwise = `${insecure ? "http" : "https"}://${host === "docker.io" ? "registry-1.docker.io" : host}`;
  const address = new URL(settings?.address ?? otherwise);
  const path = address.pathname.replaceAll(/^\/+|\/+$/g, "");
  return {
    host,
    origin: new URL(address.origin),
    prefix: path === "" ? "" : `${path}/`,
    credential: credentialOf(settings),
    insecure,
    private: settings?.private ?? false,
    requestsPerSecond: settings?.requestsPerSecond ?? 20,
    concurrency: settings?.concurrency ?? 4,
    ca: settings?.caFile === undefined ? undefined : [...rootCertificates, readAuthorities(host, settings.caFile)],
  };
}

function credentialOf(settings: RegistrySettings | undefined): Credential {
  if (settings?.token !== undefined) return { kind: "bearer", token: settings.token };
  if (settings?.identityToken !== undefined) return { kind: "refresh", token: settings.identityToken };
  if (settings?.username === undefined || settings.password === undefined) return { kind: "none" };
  return { kind: "basic", username: settings.username, password: settings.password };
}

function readAuthorities(host: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError("usage", `The certificates for the registry ${host} cannot be read: ${messageOf(error)}`, {
      cause: error,
      fix: "Correct caFile of this registry in the server's settings.",
    });
  }
}
