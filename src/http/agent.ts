import { type LookupAddress, type LookupAllOptions, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector } from "undici";
import { addressAllowed } from "./address-rules.ts";

/** A connection that was not made, since the host is at an address where it may not be. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
  readonly host: string;

  constructor(host: string) {
    super(`${host} is at a private address`);
    this.host = host;
  }
}

/** How all of a host's addresses are found. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

interface AgentOptions {
  readonly private: boolean;
  /** PEM. */
  readonly ca: readonly string[] | undefined;
  readonly connectTimeoutMs: number;
  readonly resolve?: Resolve | undefined;
}

/**
 * Connections to servers on the internet. Every address of a host is checked when it is connected to, not before, so
 * that a name that changes its address meanwhile is of no use.
 */
export function guardedAgent({
  private: isPrivate,
  ca,
  connectTimeoutMs,
  resolve: find = lookup,
}: AgentOptions): Agent {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    lookup: guarded(find, isPrivate),
    ...(ca === undefined ? {} : { ca: [...ca] }),
  });
  return new Agent({
    allowH2: false,
    connect: (options, callback) => {
      // A literal address needs no lookup.
      if (isIP(options.hostname) === 0 || addressAllowed(options.hostname, isPrivate))
        return connect(options, callback);
      callback(new AddressRefused(options.hostname), null);
    },
  });
}

function guarded(find: Resolve, isPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    find(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const refused = addresses.some(({ address }) => !addressAllowed(address, isPrivate));
      if (refused || addresses.length === 0) return callback(new AddressRefused(hostname), []);
      const [first] = addresses;
      if (options.all === true || first === undefined) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
