import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import project from '../../package.json' with { type: 'json' };
import { BuildError } from '../single-file/build-error.ts';
import { runBuilder } from './build-step.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The parts of a package for one Linux machine. */
export interface PackageSource {
  version: string;
  /** `YYYY-MM-DD`: the day of SOURCE_DATE_EPOCH, or today. */
  date: string;
  /** Node's name of the processor. */
  arch: 'x64' | 'arm64';
  /** The single file. */
  program: string;
  /** The text of all licences inside it. */
  licences: string;
  /** Folder for the package. */
  output: string;
  /** Compress little, for a package that is only inspected. */
  quick: boolean;
}

/**
 * Reads the arguments of the scripts for deb, rpm and share archive: `[--output DIR] [--program FILE] [--quick]`. By
 * default takes the result of `npm run package` from dist/.
 * @throws BuildError when that is missing
 */
export async function packageSource(argv = process.argv.slice(2)): Promise<PackageSource> {
  const { values } = parseArgs({
    args: argv,
    options: {
      output: { type: 'string', default: join(ROOT, 'dist') },
      program: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const { output, quick } = values;
  const { platform, arch } = process;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw new BuildError(
      `A Linux package is made on the kind of machine it is for, not on ${platform}-${arch}.`,
    );
  }
  const { version } = project;
  const program = values.program ?? join(ROOT, 'dist', `codex-voice-${version}-linux-${arch}`);
  if (!existsSync(program)) throw new BuildError(`${program} is missing: run \`npm run package\` first.`);
  const licences = await runBuilder(program, ['version', '--licences']);
  return { version, date: releaseDate(process.env), arch, program, licences, output, quick };
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function releaseDate({ SOURCE_DATE_EPOCH }: NodeJS.ProcessEnv): string {
  const time = SOURCE_DATE_EPOCH ? Number(SOURCE_DATE_EPOCH) * 1_000 : Date.now();
  return new Date(time).toISOString().slice(0, 10);
}

/** The time of all files in archives, s. */
export function epochOf(date: string): string {
  return String(Date.parse(date) / 1_000);
}
