import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { constants, createZstdCompress } from 'node:zlib';
import project from '../package.json' with { type: 'json' };
import { hashOf } from '../src/download/download.ts';
import {
  type Manifest,
  type ReleaseFile,
  type ReleasePiece,
  verifyManifest,
} from '../src/update/manifest.ts';
import { PUBLIC_KEY } from '../src/update/public-key.ts';
import { type Channel, fileName } from '../src/update/release.ts';
import { ZSTD_WINDOW_LOG } from '../src/update/unpack.ts';
import { isPrerelease } from '../src/update/version-order.ts';
import { TARGETS } from './single-file/target.ts';

const USAGE = `Usage: CODEX_VOICE_SIGNING_KEY="$(cat key.pem)" node scripts/sign-release.ts [options]
Makes of the files that \`npm run package\` left in dist/ what a release needs beside them: the .zst files for updates,
manifest.json, manifest.json.sig and SHA256SUMS. docs/releasing.md tells the rest.

  --folder DIR       instead of dist
  --channel NAME     stable or beta; default: beta for a version such as 1.2.0-beta.1
  --minimum VERSION  the oldest version that can update itself to this one
  --target NAME      a machine whose file must be there; may be repeated. Default: all of them
  --renew            sign the manifest.json of the folder again, with the date of today and nothing else changed`;

/** The best zstd level that unpacks in little memory: 206 MB become 80, in 100 s (Node 24.21); xz makes 76 of them. */
const ZSTD_LEVEL = 19;

export interface SignOptions {
  /** Folder of this version's files and of the results. */
  folder: string;
  version: string;
  channel: Channel;
  /** Machines, e.g. linux-x64; each needs its file and the .xz or .zip of it. */
  targets: readonly string[];
  /** PEM of an Ed25519 key. */
  privateKey: string;
  /** PEM. The signatures are checked with it. */
  publicKey: string;
  minimum?: string | undefined;
  /** zstd level, 1 to 22. Default: 19. */
  level?: number;
}

/** Makes manifest.json, manifest.json.sig and SHA256SUMS. @throws Error that says what is missing */
export async function signRelease(options: SignOptions): Promise<Manifest> {
  const { folder, version, channel, targets, publicKey, minimum } = options;
  const key = signingKey(options.privateKey, publicKey);
  const files = await Promise.all(
    targets.map(async (target) => [target, await releaseFile(options, target)] as const),
  );
  const manifest: Manifest = {
    version,
    channel,
    date: new Date().toISOString(),
    files: Object.fromEntries(files),
    ...(minimum === undefined ? {} : { minimum }),
  };
  await writeSigned(folder, manifest, key, publicKey);
  await writeFile(join(folder, 'SHA256SUMS'), await checksums(folder, manifest));
  return manifest;
}

/** Signs a manifest again with today's date: programs warn when it is 90 days old. @throws VoiceError update-refused */
export async function renewManifest({
  folder,
  privateKey,
  publicKey,
}: Pick<SignOptions, 'folder' | 'privateKey' | 'publicKey'>): Promise<Manifest> {
  const key = signingKey(privateKey, publicKey);
  const [before, old] = await Promise.all([
    readFile(join(folder, 'manifest.json')),
    readFile(join(folder, 'manifest.json.sig'), 'utf8'),
  ]);
  verifyManifest(before, old, publicKey);
  // Also keeps fields that this version does not know.
  const manifest = { ...JSON.parse(before.toString('utf8')), date: new Date().toISOString() };
  return writeSigned(folder, manifest, key, publicKey);
}

async function writeSigned(
  folder: string,
  manifest: Manifest,
  key: KeyObject,
  publicKey: string,
): Promise<Manifest> {
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const signature = sign(null, bytes, key).toString('base64');
  verifyManifest(bytes, signature, publicKey);
  await writeFile(join(folder, 'manifest.json'), bytes);
  await writeFile(join(folder, 'manifest.json.sig'), `${signature}\n`);
  return manifest;
}

/** Refuses to make a release that no program would accept. */
function signingKey(pem: string, publicKey: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`The signing key is ${key.asymmetricKeyType}; Ed25519 is wanted.`);
  }
  if (!createPublicKey(key).equals(createPublicKey(publicKey))) {
    throw new Error('The signing key is not the other half of the key in src/update/public-key.ts.');
  }
  return key;
}

async function releaseFile({ folder, version, level }: SignOptions, target: string): Promise<ReleaseFile> {
  const name = fileName(version, target);
  const file = join(folder, name);
  if (!existsSync(file))
    throw new Error(`${file} is missing: build it with npm run package on that machine.`);
  const compressed = name.endsWith('.exe') ? name.replace(/\.exe$/, '.zip') : `${name}.xz`;
  if (!existsSync(join(folder, compressed))) throw new Error(`${join(folder, compressed)} is missing.`);
  const zstd = `${name}.zst`;
  await compressZstd(file, join(folder, zstd), level ?? ZSTD_LEVEL);
  return {
    ...(await piece(folder, name)),
    compressed: await piece(folder, compressed),
    zstd: await piece(folder, zstd),
  };
}

async function piece(folder: string, name: string): Promise<ReleasePiece> {
  const file = join(folder, name);
  return { name, size: (await stat(file)).size, sha256: await hashOf(file) };
}

async function compressZstd(from: string, to: string, level: number): Promise<void> {
  const partial = `${to}.partial`;
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_windowLog]: ZSTD_WINDOW_LOG,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  await pipeline(createReadStream(from), createZstdCompress({ params }), createWriteStream(partial));
  await rename(partial, to);
}

/** As sha256sum(1) writes them: of everything that can be downloaded, including manifest and signature. */
async function checksums(folder: string, { files }: Manifest): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  const apart = ['SHA256SUMS', ...Object.values(files).map(({ name }) => name)];
  const lines = names
    .filter((name) => !apart.includes(name))
    .sort()
    .map(async (name) => `${await hashOf(join(folder, name))}  ${name}\n`);
  return (await Promise.all(lines)).join('');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: join(import.meta.dirname, '..', 'dist') },
      channel: { type: 'string', default: isPrerelease(project.version) ? 'beta' : 'stable' },
      minimum: { type: 'string' },
      target: { type: 'string', multiple: true, default: [...TARGETS] },
      renew: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const { channel, folder, minimum, target } = values;
  if (channel !== 'stable' && channel !== 'beta') throw new Error(`There is no channel "${channel}".`);
  const privateKey = process.env.CODEX_VOICE_SIGNING_KEY;
  if (!privateKey)
    throw new Error('CODEX_VOICE_SIGNING_KEY is not set: it holds the PEM of the signing key.');
  if (values.renew) {
    const renewed = await renewManifest({ folder, privateKey, publicKey: PUBLIC_KEY });
    return void process.stdout.write(`signed ${renewed.version} (${renewed.channel}) again\n`);
  }
  await mkdir(folder, { recursive: true });
  const { version } = project;
  const options = {
    folder,
    version,
    channel,
    targets: target,
    privateKey,
    publicKey: PUBLIC_KEY,
    minimum,
  } as const;
  const manifest = await signRelease(options);
  process.stdout.write(
    `signed ${manifest.version} (${channel}) for ${Object.keys(manifest.files).join(', ')}\n`,
  );
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`sign-release: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
