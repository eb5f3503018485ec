import type { Logger } from 'pino';
// Not from its index, which loads 47 modules in every process that asks for a version.
import coerce from 'semver/functions/coerce.js';
import compare from 'semver/functions/compare.js';
import type { AgentProgram } from '../agent/agent.ts';
import { messageOf, VoiceError } from '../errors.ts';
import { output } from '../processes/run.ts';
import { nativeProgram, whichCodex } from './native-program.ts';

/** The oldest Codex version with which everything in this folder was verified. */
export const VERIFIED_VERSION = '0.169.0';

/** The newest Codex version that passes the tests. The installer downloads it. */
export const NEWEST_VERIFIED = '0.171.0';

/**
 * True when this version's sandbox keeps commands away from the Unix socket of its app-server, which accepts every
 * client. Codex creates the socket in /tmp/codex-daemon-UID (0700), hides that folder from commands, and runs none in a
 * sandbox that cannot hide it (verified with 0.169.0 and 0.171.0 on Linux).
 */
export function closesSocket(version: string, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'linux' && order(version, VERIFIED_VERSION) >= 0;
}

/** Time limit for Codex to print its version or help, ms; it takes about 20 on a warm disk. */
const PROBE_TIMEOUT_MS = 20_000;

/**
 * Finds the Codex CLI of a command (a name in PATH, or a path) and checks that it has the necessary features.
 * @throws VoiceError codex-missing, codex-version
 */
export async function findCodex(
  command: string,
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<AgentProgram> {
  const codex = await identifyCodex(command, env);
  const old = await tooOld(codex, env);
  if (old) throw old;
  const { version } = codex;
  if (order(version, NEWEST_VERIFIED) > 0)
    logger.warn({ version, verified: NEWEST_VERIFIED }, 'this Codex is newer than the verified one');
  return codex;
}

/**
 * Like findCodex, but does not check its features, for sessions that need only its terminal.
 * @throws VoiceError codex-missing; codex-version when it does not report a version of Codex
 */
export async function identifyCodex(command: string, env: NodeJS.ProcessEnv): Promise<AgentProgram> {
  const found = await whichCodex(command, env);
  if (!found) {
    throw new VoiceError(
      'codex-missing',
      `The Codex CLI was not found: there is no program "${command}" in PATH.`,
      'Install it with `npm install -g @openai/codex`, or set [codex] command to its path.',
    );
  }
  const path = await nativeProgram(found);
  return { path, version: await readVersion(path, env) };
}

/** Returns an error when an older Codex lacks one of the two features that an app-server session needs; else null. */
export async function tooOld(
  { path, version }: AgentProgram,
  env: NodeJS.ProcessEnv,
): Promise<VoiceError | null> {
  if (order(version, VERIFIED_VERSION) >= 0) return null;
  const [server, resume] = await Promise.all([
    help(path, ['app-server', '--help'], env),
    help(path, ['resume', '--help'], env),
  ]);
  if (server.includes('--ws-token-sha256') && resume.includes('--remote-auth-token-env')) return null;
  return new VoiceError(
    'codex-version',
    `Codex ${version} is too old: it lacks \`app-server --ws-token-sha256\` or \`resume --remote-auth-token-env\`.`,
    `Update it to ${VERIFIED_VERSION} or newer: \`npm install -g @openai/codex\`.`,
  );
}

/** Above zero when the left version is newer. A pre-release counts as its release. */
function order(left: string, right: string): number {
  return compare(coerce(left) ?? '0.0.0', coerce(right) ?? '0.0.0');
}

async function readVersion(path: string, env: NodeJS.ProcessEnv): Promise<string> {
  const output = await run(path, ['--version'], env);
  const version = /\d+\.\d+\.\d+\S*/u.exec(output)?.[0];
  if (version) return version;
  throw new VoiceError(
    'codex-version',
    `"${path}" did not report the version of Codex.`,
    'Check that [codex] command names the Codex CLI: `codex --version` prints "codex-cli N.N.N".',
  );
}

/** Returns '' when there is no such command. */
async function help(path: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return run(path, args, env).catch(() => '');
}

/** Returns the output of the program. @throws VoiceError codex-version when it fails */
async function run(path: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return await output(path, args, { env, timeoutMs: PROBE_TIMEOUT_MS });
  } catch (error) {
    const reason = messageOf(error);
    throw new VoiceError(
      'codex-version',
      `"${path} ${args.join(' ')}" failed: ${reason.trim().split('\n').at(-1)}`,
      `Run it in a terminal to see why. Codex ${VERIFIED_VERSION} or newer is needed.`,
      { cause: error },
    );
  }
}
