import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Address } from './endpoint.ts';
import { newNonce, proofOf } from './proof.ts';

type KeyedAddress = Address & { key: Buffer };

/** What a client adds to `hello` where the control address has a key. */
interface Introduction {
  params: { nonce: string; proof: string; pipe: string };
  /** Call it when `hello` is answered. */
  close(): void;
}

/**
 * Proves that this process knows the key, and lets the daemon find out which process this is. Windows reports the process
 * that serves a pipe, but Node hides the pipe on which a client has connected. So this process serves a pipe for the
 * daemon, and says there that it is the one that has sent `hello`.
 */
export async function introduce({ path, key }: KeyedAddress): Promise<Introduction> {
  const nonce = newNonce();
  const pipe = `${path}-${randomBytes(8).toString('hex')}`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // The daemon has read enough.
    socket.end(proofOf(key, 'process', nonce));
  });
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(pipe, resolve);
  });
  return {
    params: { nonce, proof: proofOf(key, 'client', nonce), pipe },
    close: () => server.close(),
  };
}
