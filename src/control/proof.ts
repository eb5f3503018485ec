import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { VoiceError } from '../errors.ts';

/** Length of a nonce, bytes. */
const NONCE_BYTES = 32;

/** What is proved: each has a different proof, so that one cannot be used as another. `process`: see introduction.ts. */
type Proved = 'client' | 'daemon' | 'process';

/** A client chooses one for each connection, hex. */
export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('hex');
}

/**
 * Returns a proof that the key is known, hex. The key itself is never sent: a program that has taken the place of
 * the daemon's pipe learns nothing.
 */
export function proofOf(key: Buffer, what: Proved, nonce: string): string {
  return createHmac('sha256', key).update(`codex-voice ${what} ${nonce}`).digest('hex');
}

/** Compares in constant time. @param proof untrusted */
export function isProof(proof: string | undefined, key: Buffer, what: Proved, nonce: string): boolean {
  const expected = Buffer.from(proofOf(key, what, nonce));
  const given = Buffer.from(proof ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The error for a client that has not proved that it belongs to the user. */
export function clientUnproven(): VoiceError {
  return new VoiceError(
    'client-unproven',
    'The client did not prove that it knows the key of the control pipe.',
    'docs/control-protocol.md explains `nonce` and `proof` of `hello`.',
  );
}

/** The error for a program that answers in the daemon's place. */
export function daemonUnproven(): VoiceError {
  return new VoiceError(
    'daemon-unproven',
    'The program that answers at the control pipe is not your daemon. Nothing was sent to it.',
    'Run `codex-voice start`. If this comes again, another program uses the name of the pipe.',
  );
}
