import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Stands between a server and the store that it speaks to over TCP in plain text. */
export interface Gate {
  /** Where the server is to connect to. */
  readonly host: string;
  /** Shuts as soon as these words are sent: holds them and all that is sent after them. Resolves when it is shut. */
  shutAt(words: string): Promise<void>;
  /** Opens again; what was held is lost. */
  open(): void;
  close(): Promise<void>;
}

/** Puts a gate before this host. */
export async function openGate(before: string): Promise<Gate> {
  const { hostname, port } = new URL(`tcp://${before}`);
  const sockets = new Set<Socket>();
  let waiting: { readonly words: string; readonly tell: () => void } | undefined;
  let shut = false;
  const server = createServer((client) => {
    const behind = connect(Number(port), hostname);
    for (const socket of [client, behind]) {
      sockets.add(socket);
      // A broken connection closes as well, and that is handled below.
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        behind.destroy();
      });
    }
    client.on("data", (chunk) => {
      if (waiting !== undefined && chunk.includes(waiting.words)) {
        shut = true;
        waiting.tell();
        waiting = undefined;
      }
      if (!shut) behind.write(chunk);
    });
    behind.on("data", (chunk) => {
      if (!shut) client.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    host: `127.0.0.1:${address.port}`,
    shutAt: (words) =>
      new Promise((resolve) => {
        waiting = { words, tell: resolve };
      }),
    open: () => {
      waiting = undefined;
      shut = false;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, "close");
    },
  };
}
