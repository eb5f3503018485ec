import { createPrivateKey, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyManifest } from '../../src/update/manifest.ts';
import { PUBLIC_KEY } from '../../src/update/public-key.ts';
import { keyPair } from '../support/update-stand.ts';

const keys = keyPair();
const PIECE = { name: 'codex-voice-1.2.3-linux-x64', size: 7, sha256: 'a'.repeat(64) };
const MANIFEST = {
  version: '1.2.3',
  channel: 'stable',
  date: '2026-01-01T00:00:00.000Z',
  files: {
    'linux-x64': { ...PIECE, compressed: { ...PIECE, name: `${PIECE.name}.xz` }, zstd: PIECE },
  },
};

function signed(content: unknown, privateKey = keys.privateKey): [Buffer, string] {
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return [bytes, sign(null, bytes, createPrivateKey(privateKey)).toString('base64')];
}

/** The manifest with another piece. */
function withPiece(piece: object): object {
  return { ...MANIFEST, files: { 'linux-x64': { ...MANIFEST.files['linux-x64'], ...piece } } };
}

test('a manifest whose signature is right is read; keys of later versions are no matter', () => {
  const [bytes, signature] = signed({ ...MANIFEST, later: true });
  expect(verifyManifest(bytes, `${signature}\n`, keys.publicKey)).toEqual(MANIFEST);
});

test('each changed bit is found', () => {
  const [bytes, signature] = signed(MANIFEST);
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => verifyManifest(changed, signature, keys.publicKey)).toThrow('is not signed');
  }
});

test.each([
  ['of another key', () => signed(MANIFEST, keyPair().privateKey)[1]],
  ['of something else', () => signed({ ...MANIFEST, version: '1.2.4' })[1]],
  ['that is missing', () => ''],
  ['that is half', () => signed(MANIFEST)[1].slice(0, 40)],
  [
    'that is longer',
    () =>
      `${Buffer.concat([Buffer.from(signed(MANIFEST)[1], 'base64'), Buffer.alloc(1)]).toString('base64')}`,
  ],
  ['that is no base64', () => '<html>'],
])('a signature %s is refused', (_what, signature) => {
  const [bytes] = signed(MANIFEST);
  expect(() => verifyManifest(bytes, signature(), keys.publicKey)).toThrow(
    expect.objectContaining({ code: 'update-refused' }),
  );
});

test('the key of the program takes nothing that a test has signed', () => {
  expect(() => verifyManifest(...signed(MANIFEST), PUBLIC_KEY)).toThrow('is not signed');
});

test.each([
  ['no JSON', '{'],
  ['a number', 7],
  ['no version', { ...MANIFEST, version: 'newest' }],
  ['no date', { ...MANIFEST, date: 'yesterday' }],
  ['another channel', { ...MANIFEST, channel: 'nightly' }],
  ['a name that leads elsewhere', withPiece({ name: '../codex-voice' })],
  ['a hidden name', withPiece({ name: '.bashrc' })],
  ['a name with a zero', withPiece({ zstd: { ...PIECE, name: 'a\0b' } })],
  ['no size', withPiece({ size: -1 })],
  ['a size beyond all measure', withPiece({ zstd: { ...PIECE, size: 2 ** 40 } })],
  ['no hash', withPiece({ sha256: 'abc' })],
])('%s is refused, even signed', (_what, content) => {
  expect(() => verifyManifest(...signed(content), keys.publicKey)).toThrow('makes no sense');
});
