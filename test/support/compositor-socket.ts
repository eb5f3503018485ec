import { mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';

/** A Unix socket of a stand-in for a compositor. */
export interface CompositorSocket extends AsyncDisposable {
  /** Sends a line to every client that is connected. */
  send(line: string): void;
}

/** Listens at the path, whose folder is made where it is missing. @param onClient gets each client */
export async function listenAt(
  path: string,
  onClient: (client: Socket) => void = () => undefined,
): Promise<CompositorSocket> {
  mkdirSync(dirname(path), { recursive: true });
  const clients = new Set<Socket>();
  const server: Server = createServer((client) => {
    clients.add(client);
    client.setEncoding('utf8');
    client.on('error', () => undefined); // The client has gone.
    client.on('close', () => clients.delete(client));
    onClient(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    send: (line) => {
      for (const client of clients) client.write(`${line}\n`);
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
