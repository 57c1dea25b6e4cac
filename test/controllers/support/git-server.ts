import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type TlsOptions } from "node:tls";

/** A TLS server on loopback before a plain one. */
export interface TlsFront {
  /** `https://127.0.0.1:…` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Puts TLS before the server of an `http://127.0.0.1:…` address. */
export async function tlsFront(origin: string, options: Pick<TlsOptions, "key" | "cert">): Promise<TlsFront> {
  const sockets = new Set<Socket>();
  const server = createServer(options, (outside) => {
    const inside = connect(Number(new URL(origin).port), "127.0.0.1");
    sockets.add(outside);
    outside.on("close", () => sockets.delete(outside));
    outside.pipe(inside).pipe(outside);
    // Either end may hang up: the other one then does, too.
    for (const [end, other] of [
      [outside, inside],
      [inside, outside],
    ] as const)
      end.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  // A client that does not trust the certificate says so in its own words.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `https://127.0.0.1:${addressOf(server.address()).port}`,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address;
}
