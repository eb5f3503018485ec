import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CodexHomeOptions {
  /** Further top-level lines of config.toml, e.g. `approval_policy = "on-request"`. */
  settings?: string;
  /** Further lines of its [features], e.g. `default_mode_request_user_input = true`. */
  features?: string;
  /** How often Codex tries a broken answer again; 0 where absent. */
  retries?: number;
  /** Further tables. */
  tables?: string;
}

/**
 * Makes `folder` a CODEX_HOME (0700) in which Codex talks to the model at `baseUrl` and to nobody else: no
 * sign-in, no update check, no analytics. The folder must not lie below TMPDIR: Codex 0.169.0 then goes without
 * its sandbox helpers.
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
    // Otherwise Codex 0.169.0 copies 400 MB into a fresh home to start a daemon of its own.
    '[features]',
    'daemon_auto_start = false',
    options.features ?? '',
    options.tables ?? '',
    '',
  ].join('\n');
  await writeFile(join(folder, 'config.toml'), config, { mode: 0o600 });
  return folder;
}
