import type { Logger } from 'pino';
import { fetchSmall } from '../download/network.ts';
import { VoiceError } from '../errors.ts';
import { type Manifest, type ReleaseFile, verifyManifest } from './manifest.ts';
import type { UpdateMemory } from './memory.ts';
import { type Channel, manifestUrl } from './release.ts';
import { compareVersions, isPrerelease } from './version-order.ts';

export interface LookOptions {
  /** The version that runs. */
  version: string;
  channel: Channel;
  /** See baseUrl. */
  base: string;
  /** See platformKey. */
  key: string;
  /** PEM. */
  publicKey: string;
  memory: UpdateMemory;
  signal: AbortSignal;
  logger: Logger;
  /** ms since 1970; default Date.now. */
  now?: () => number;
}

/** The newest release of the channel. */
export interface Offer {
  version: string;
  /** When its manifest was signed, ISO 8601. */
  date: string;
  /** It is newer than the version that runs. */
  newer: boolean;
  /** The file for this system; null: the release has none. */
  file: ReleaseFile | null;
  /** The oldest version that can update itself to this one. */
  minimum: string | null;
}

/** Bytes; a manifest with a hundred files has 60 KB. */
const MOST_MANIFEST = 256 * 1024;
const MOST_SIGNATURE = 1024;
const LOOK_MS = 30_000;
/** Clocks differ; ms. A date far ahead would keep every later manifest out. */
const FUTURE_MS = 2 * 24 * 60 * 60_000;

/**
 * Looks for the newest release. Refuses one that is older than an earlier offer, because an attacker may replay an old
 * manifest to keep a vulnerability open; likewise an older manifest of the same release.
 * @throws VoiceError update-unreachable, update-refused; AbortError
 */
export async function lookForRelease(options: LookOptions): Promise<Offer> {
  const { version, channel, memory, logger, now = Date.now } = options;
  const manifest = await fetchManifest(options);
  if (channel === 'stable' && manifest.channel !== 'stable') {
    throw refused(`${manifest.version} is of the channel ${manifest.channel}, not of ${channel}`);
  }
  const floor = floorOf(options);
  if (floor !== null && compareVersions(manifest.version, floor) < 0) {
    throw refused(`it offers ${manifest.version}, which is older than ${floor}`);
  }
  const { date } = manifest;
  if (Date.parse(date) > now() + FUTURE_MS) {
    throw refused(`its manifest is of ${date}, which is still to come by the clock of this machine`);
  }
  const { seen, dates } = memory.read();
  const last = dates[channel];
  if (last !== undefined && Date.parse(date) < Date.parse(last)) {
    throw refused(`its manifest is of ${date}, and one of ${last} was seen before`);
  }
  if (seen[channel] !== manifest.version || last !== date)
    memory.change({ seen: { ...seen, [channel]: manifest.version }, dates: { ...dates, [channel]: date } });
  const newer = compareVersions(manifest.version, version) > 0;
  logger.debug({ offered: manifest.version, newer }, 'looked for a release');
  return {
    version: manifest.version,
    date,
    newer,
    file: Object.hasOwn(manifest.files, options.key) ? (manifest.files[options.key] ?? null) : null,
    minimum: manifest.minimum ?? null,
  };
}

async function fetchManifest({ base, channel, publicKey, version, signal }: LookOptions): Promise<Manifest> {
  const url = manifestUrl(base, channel);
  const options = {
    subject: 'update' as const,
    headers: { 'user-agent': `codex-voice/${version}`, 'cache-control': 'no-cache' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]),
  };
  const [bytes, signature] = await Promise.all([
    fetchSmall(url, MOST_MANIFEST, options),
    fetchSmall(`${url}.sig`, MOST_SIGNATURE, options),
  ]);
  return verifyManifest(bytes, signature.toString('latin1'), publicKey);
}

/** The oldest version that the channel may offer. Who runs a beta is ahead of the stable channel, and that is fine. */
function floorOf({ version, channel, memory }: LookOptions): string | null {
  const seen = memory.read().seen[channel] ?? null;
  const own = channel === 'stable' && isPrerelease(version) ? null : version;
  if (seen === null || own === null) return seen ?? own;
  return compareVersions(seen, own) > 0 ? seen : own;
}

function refused(what: string): VoiceError {
  return new VoiceError(
    'update-refused',
    `The release host is not trusted: ${what}.`,
    'Nothing was changed. Someone may be serving an old release again. Try another network.',
  );
}
