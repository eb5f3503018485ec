import { pino } from 'pino';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { settingsWarnings } from '../doctor/settings-warnings.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { bundledRecording } from '../microphone/sample-recording.ts';
import { formatSettings } from '../settings/print.ts';
import { ConfigError } from '../settings/problems.ts';
import type { Settings } from '../settings/schema.ts';
import { namesServer, proveServer } from '../transcription/server/prove-server.ts';
import { EXIT, formatReport, type JsonOption, print, printJson } from './output.ts';

export async function configPath(): Promise<void> {
  print(pathsOf().config);
}

/**
 * The problems of the file, each with its line; warnings, also about the user's own list of words; then a transcription server that it names: a
 * second of speech is sent there. Exit status 1 when something is wrong.
 */
export async function configCheck(options: JsonOption): Promise<void> {
  try {
    const loaded = await loadUserSettings(process.env);
    const { file, exists, settings } = loaded;
    const warnings = await settingsWarnings(loaded);
    const server = await serverOf(settings);
    if (options.json) printJson({ file, exists, problems: [], warnings, server });
    else {
      print(exists ? `${file}: no errors` : `${file} does not exist: every value is the default`);
      for (const { message, hint } of warnings) print(`Warning: ${message} ${hint}`);
      if (server?.detail !== undefined) print(`transcription server: ${server.detail}`);
      if (server?.error !== undefined) process.stderr.write(`${formatReport(server.error)}\n`);
    }
    if (server?.error !== undefined) process.exitCode = EXIT.failed;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (!options.json) throw error;
    printJson({ file: pathsOf().config, exists: true, problems: error.problems, warnings: [] });
    process.exitCode = EXIT.failed;
  }
}

/** The effective values. */
export async function configPrint(options: JsonOption): Promise<void> {
  const loaded = await loadUserSettings(process.env);
  if (options.json) printJson(loaded.settings);
  else print(formatSettings(loaded).trimEnd());
}

/** Tests the transcription server; null: the file names none. */
async function serverOf({
  transcription,
}: Settings): Promise<{ detail?: string; error?: ErrorReport } | null> {
  if (!namesServer(transcription)) return null;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    const speech = await bundledRecording(process.env);
    const logger = pino({ level: 'silent' });
    return {
      detail: await proveServer(transcription, { env: process.env, speech, signal: stop.signal, logger }),
    };
  } catch (error) {
    return { error: reportOf(error) };
  }
}
