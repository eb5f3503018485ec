import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CodexHomeOptions {
  /** More top-level lines of config.toml, e.g. `approval_policy = "on-request"`. */
  settings?: string;
  /** More lines of its [features], e.g. `default_mode_request_user_input = true`. */
  features?: string;
  /** How often Codex retries after a broken answer. Default: 0. */
  retries?: number;
  /** More tables. */
  tables?: string;
}

/**
 * Makes `folder` a CODEX_HOME (0700) in which Codex talks only to the model at `baseUrl`: no sign-in, no update check,
 * no analytics. The folder must not be below TMPDIR, because Codex 0.169.0 then does without its sandbox helpers.
 */
export async function writeCodexHome(
  folder: string,
  baseUrl: string,
  options: CodexHomeOptions = {},
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = [
    'model = "demo"',
    'model_provider = "loopback"',
    'check_for_update_on_startup = false',
    options.settings ?? '',
    '[model_providers.loopback]',
    'name = "loopback"',
    `base_url = "${baseUrl}"`,
    'wire_api = "responses"',
    'requires_openai_auth = false',
    'request_max_retries = 0',
    `stream_max_retries = ${options.retries ?? 0}`,
    '[analytics]',
    'enabled = false',
    // Otherwise Codex 0.169.0 copies 400 MB into a new home to start a daemon.
    '[features]',
    'daemon_auto_start = false',
    // It would ask GitHub for the newest list, also without an account (0.171.0).
    'plugins = false',
    // A login shell at the start of each conversation, for the sake of the user's aliases.
    'shell_snapshot = false',
    options.features ?? '',
    options.tables ?? '',
    '',
  ].join('\n');
  await writeFile(join(folder, 'config.toml'), config, { mode: 0o600 });
  return folder;
}
