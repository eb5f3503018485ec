import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { VoiceError } from '../errors.ts';
import { VERSION } from './version-order.ts';

/** Larger than any release file, bytes. A larger file is never downloaded. */
const LARGEST = 2 ** 30;
/** Of an Ed25519 signature, bytes (RFC 8032). */
const SIGNATURE_BYTES = 64;

const PIECE = z.object({
  /** The name alone: no folder, nothing hidden. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/),
  size: z.int().min(1).max(LARGEST),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const FILE = PIECE.extend({
  /** For users and the installer: .xz; .zip for Windows. */
  compressed: PIECE,
  /** For updates of the program itself, which can unpack it without another program. */
  zstd: PIECE.optional(),
});

/** The description of a release. Unknown keys are for later versions. */
const MANIFEST = z.object({
  version: VERSION,
  channel: z.enum(['stable', 'beta']),
  /** ISO 8601, UTC: an older manifest than the one seen last is refused. */
  date: z.iso.datetime().max(40),
  /** By system, e.g. `linux-x64`: the installed single file. */
  files: z.record(z.string(), FILE),
  /** The oldest version that can update itself to this one. */
  minimum: VERSION.optional(),
});

export type Manifest = z.infer<typeof MANIFEST>;
export type ReleaseFile = z.infer<typeof FILE>;
export type ReleasePiece = z.infer<typeof PIECE>;

/**
 * Reads a manifest whose signature is right, over its exact bytes.
 * @param signature base64 of the raw 64 bytes
 * @param publicKey PEM
 * @throws VoiceError update-refused
 */
export function verifyManifest(bytes: Uint8Array, signature: string, publicKey: string): Manifest {
  const raw = Buffer.from(signature.trim(), 'base64');
  const signed = raw.length === SIGNATURE_BYTES && verify(null, bytes, createPublicKey(publicKey), raw);
  if (!signed) throw refused('is not signed by the makers of codex-voice');
  const manifest = MANIFEST.safeParse(parsed(Buffer.from(bytes).toString('utf8')));
  if (!manifest.success) throw refused('is signed, but makes no sense to this version');
  return manifest.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The schema refuses that.
  }
}

function refused(what: string): VoiceError {
  return new VoiceError(
    'update-refused',
    `The manifest of the release ${what}.`,
    'Nothing was changed. Try another network. If this happens again, install by hand, as the README describes.',
  );
}
