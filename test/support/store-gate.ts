import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Stands between a server and its Redis. */
export interface StoreGate {
  readonly url: string;
  /** From what is sent next with these words in it on, nothing goes to the store any more: whoever sends it hangs. Resolves when that is so. */
  holdAt(words: string): Promise<void>;
  /** Lets everything through again, to new connections; what was held is lost with its sender. */
  release(): void;
  close(): Promise<void>;
}

/** Opens a gate to the Redis at this URL. */
export async function openStoreGate(store: string): Promise<StoreGate> {
  const { hostname, port } = new URL(store);
  const sockets = new Set<Socket>();
  let words: string | undefined;
  let shut = false;
  let tell: () => void = () => undefined;
  const server = createServer((client) => {
    const redis = connect(Number(port), hostname);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        redis.destroy();
      });
    }
    client.on("data", (chunk) => {
      if (words !== undefined && chunk.includes(words)) {
        shut = true;
        tell();
      }
      if (!shut) redis.write(chunk);
    });
    redis.on("data", (chunk) => void client.write(chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `redis://127.0.0.1:${address.port}`,
    holdAt: (next) => {
      words = next;
      return new Promise((resolve) => {
        tell = resolve;
      });
    },
    release: () => {
      words = undefined;
      shut = false;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
