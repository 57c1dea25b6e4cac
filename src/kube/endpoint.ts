import type { ConnectionOptions } from "node:tls";

/** Where an API server is, and how Sluice proves itself to it. */
export interface Endpoint {
  /** The cluster's name in messages. */
  readonly name: string;
  readonly server: URL;
  readonly tls: Pick<ConnectionOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  /** The URL of an HTTP proxy. */
  readonly proxy: string | undefined;
  /** The headers that prove who asks. `refused`: those of the last time no longer do. */
  headers(options: { readonly refused: boolean }): Promise<Readonly<Record<string, string>>>;
}
