import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makePrivateFolder, replaceFile, unwritable } from '../files/private-files.ts';
import type { Address, Claim, Endpoint } from './endpoint.ts';
import { lockForServer } from './server-lock.ts';

/** Length of the key and of the random part of the name, bytes: enough that neither can be guessed. */
const KEY_BYTES = 32;
const NAME_BYTES = 16;

const PUBLISHED = z.object({ pipe: z.string().min(1), key: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * A named pipe of Windows. Any program may list the names of pipes, and another user may create a pipe with a name that
 * is free. So each daemon makes a new name and a new key, and publishes both in a file that only the user can read. Both
 * sides prove that they know the key (proof.ts).
 *
 * Node creates the pipe with the default access list: other users cannot write to it (CreateNamedPipe, Security and
 * Access Rights), so they cannot connect as clients either.
 */
export class PipeEndpoint implements Endpoint {
  readonly #pathOf: (name: string) => string;

  /** @param pathOf returns the path of a pipe; tests on other systems use a Unix socket */
  constructor(pathOf = (name: string): string => `\\\\.\\pipe\\${name}`) {
    this.#pathOf = pathOf;
  }

  async claim(file: string): Promise<Claim> {
    makePrivateFolder(dirname(file));
    const release = lockForServer(file);
    const path = this.#pathOf(`codex-voice-${randomBytes(NAME_BYTES).toString('hex')}`);
    const key = randomBytes(KEY_BYTES);
    try {
      // Left by a daemon that was killed.
      rmSync(file, { force: true });
    } catch (error) {
      release();
      throw unwritable(file, error);
    }
    return {
      path,
      key,
      publish: () => replaceFile(file, `${JSON.stringify({ pipe: path, key: key.toString('hex') })}\n`),
      release() {
        rmSync(file, { force: true });
        release();
      },
    };
  }

  find(file: string): Address | null {
    try {
      const { pipe, key } = PUBLISHED.parse(JSON.parse(readFileSync(file, 'utf8')));
      return { path: pipe, key: Buffer.from(key, 'hex') };
    } catch {
      return null; // No daemon runs.
    }
  }

  /** The file inherits the access list of the user's profile, which admits no other users. */
  check(): void {}
}
