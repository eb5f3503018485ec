import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import project from '../../package.json' with { type: 'json' };
import type { Manifest } from '../../src/update/manifest.ts';
import { fileName, RELEASES_URL, releaseUrl } from '../../src/update/release.ts';
import type { Target } from '../single-file/target.ts';

/** A file of a release: its address and its SHA-256 in lower-case hexadecimal. */
export interface ReleaseFile {
  name: string;
  url: string;
  sha256: string;
}

/** The facts about a release for a formula, a winget manifest or a PKGBUILD. */
export interface ReleaseFacts {
  version: string;
  /** `YYYY-MM-DD` */
  date: string;
  summary: string;
  description: string;
  homepage: string;
  licence: string;
  /** The compressed program for each target; `program` is the name of the one file inside. */
  programs: Record<Target, ReleaseFile & { program: string }>;
  /** The zip archive with the app for each kind of Mac. */
  apps: Record<'darwin-arm64' | 'darwin-x64', ReleaseFile>;
  /** Manual page, completions, desktop entry, icon and service: a tar archive of the folders below the prefix. */
  share: ReleaseFile;
}

/**
 * Reads a release folder: manifest.json for the programs, SHA256SUMS for the files beside them.
 * @throws Error that names the file and what is missing or not stable in it
 */
export async function readRelease(folder: string): Promise<ReleaseFacts> {
  const manifest: Manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const { version, channel, date } = manifest;
  if (channel !== 'stable')
    throw new Error(`manifest.json is of the ${channel} channel; package managers get stable`);
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`manifest.json: "${version}" is no stable version`);
  const url = (name: string): string => releaseUrl(RELEASES_URL, version, name);
  const sums = checksums(await readFile(join(folder, 'SHA256SUMS'), 'utf8'));
  const program = (target: Target): ReleaseFile & { program: string } => {
    const file = manifest.files[target];
    if (!file) throw new Error(`manifest.json has no file for ${target}`);
    const { name, sha256 } = file.compressed;
    return { name, url: url(name), sha256: checked(sha256, name), program: file.name };
  };
  const listed = (name: string): ReleaseFile => ({
    name,
    url: url(name),
    sha256: checked(sums.get(name), name),
  });
  return {
    version,
    date: date.slice(0, 10),
    summary: SUMMARY,
    description: project.description,
    homepage: project.homepage,
    licence: project.license,
    programs: {
      'linux-x64': program('linux-x64'),
      'linux-arm64': program('linux-arm64'),
      'darwin-x64': program('darwin-x64'),
      'darwin-arm64': program('darwin-arm64'),
      'win32-x64': program('win32-x64'),
    },
    apps: {
      'darwin-arm64': listed(appArchiveName(version, 'darwin-arm64')),
      'darwin-x64': listed(appArchiveName(version, 'darwin-x64')),
    },
    share: listed(shareArchiveName(version)),
  };
}

/** One line without a full stop, which every package manager shows beside the name. */
export const SUMMARY = 'Speak to the Codex CLI from any app';

/** The description of the package, in paragraphs of lines. */
export const DESCRIPTION = [
  `Press a key in any application, speak, and stop: the words are typed into a
Codex CLI that already runs in a hidden terminal, in your project and with the
conversation so far. The answer comes back as a desktop notification.`,
  `Speech is recognised on this machine, by a Whisper model that is part of the
package. The Codex CLI itself is not: install it with npm or from its own
releases.`,
] as const;

/** Name of the archive that scripts/package/share.ts makes. */
export function shareArchiveName(version: string): string {
  return `codex-voice-${version}-share.tar.gz`;
}

/** Name of the archive with the app that scripts/single-file/package.ts makes. */
export function appArchiveName(version: string, target: string): string {
  return `${fileName(version, target)}.app.zip`;
}

function checksums(text: string): Map<string, string> {
  const lines = text.split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

function checked(sha256: string | undefined, name: string): string {
  if (!sha256 || !/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`the release has no SHA-256 for ${name}`);
  return sha256;
}
