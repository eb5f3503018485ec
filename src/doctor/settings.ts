import { reportOf } from '../errors.ts';
import { type CheckContext, type Finding, failed, ok, warning } from './check.ts';
import { settingsWarnings } from './settings-warnings.ts';

/** Is config.toml free of errors? All of them are listed, each with its line; warnings come after them. */
export async function checkSettings({ loaded, daemon }: CheckContext): Promise<Finding> {
  if ('error' in loaded) {
    const report = reportOf(loaded.error);
    const used = daemon.state === 'running' ? "the daemon's last good settings" : 'the default values';
    return failed({ ...report, hint: `${report.hint} The checks below use ${used}.` });
  }
  const [first] = await settingsWarnings(loaded);
  if (first !== undefined) return warning(first);
  return ok(loaded.exists ? `${loaded.file}: no errors` : `no ${loaded.file}: every value is the default`);
}
