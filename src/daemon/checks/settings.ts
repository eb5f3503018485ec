import { reportOf } from '../../errors.ts';
import { addressWarning } from '../../transcription/server-address.ts';
import { type CheckContext, type Finding, failed, ok, warning } from './check.ts';

/** Is config.toml free of errors? All of them are listed, each with its line; what it gives away is a warning. */
export async function checkSettings({ loaded, daemon }: CheckContext): Promise<Finding> {
  if ('error' in loaded) {
    const report = reportOf(loaded.error);
    const used = daemon.state === 'running' ? "the daemon's last good settings" : 'the default values';
    return failed({ ...report, hint: `${report.hint} The checks below use ${used}.` });
  }
  const insecure = addressWarning(loaded.settings.transcription);
  if (insecure !== null) return warning(insecure);
  return ok(loaded.exists ? `${loaded.file}: no errors` : `no ${loaded.file}: every value is the default`);
}
