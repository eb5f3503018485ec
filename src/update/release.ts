/** Address of the releases; `CODEX_VOICE_BASE_URL` names a mirror. Everything there is signed. */
export const RELEASES_URL = 'https://github.com/codex-voice/codex-voice/releases/download';

/** beta: every release, the unfinished ones too. */
export type Channel = 'stable' | 'beta';

/** The folder below the base address that always holds the manifest of a channel's newest release. */
const NEWEST: Record<Channel, string> = { stable: 'latest', beta: 'beta' };

/** The system of a release file, e.g. `linux-x64`, `darwin-arm64`, `win32-x64`. */
export function platformKey(): string {
  return `${process.platform}-${process.arch}`;
}

/** The name of the single file of a release. */
export function fileName(version: string, key: string): string {
  return `codex-voice-${version}-${key}${key.startsWith('win32-') ? '.exe' : ''}`;
}

/** The address of a channel's newest manifest; its signature is the same with `.sig`. */
export function manifestUrl(base: string, channel: Channel): string {
  return `${base}/${NEWEST[channel]}/manifest.json`;
}

/** The address of a file of a release. */
export function releaseUrl(base: string, version: string, name: string): string {
  return `${base}/v${version}/${name}`;
}

/** The base address in force, without a final slash. */
export function baseUrl(env: NodeJS.ProcessEnv): string {
  return (env.CODEX_VOICE_BASE_URL || RELEASES_URL).replace(/\/+$/, '');
}
