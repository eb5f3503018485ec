import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUS_NAME } from '../../src/hotkey/bus-keys.ts';
import { type CliResult, headless, makeHome, runCli, type TestHome } from '../support/desktop.ts';
import { type Sway, startSway } from '../support/sway.ts';

describe('codex-voice keys', { timeout: 60_000 }, () => {
  let home: TestHome;
  let sway: Sway;
  let config: string;
  beforeAll(async () => {
    [home, sway] = await Promise.all([makeHome(), startSway()]);
    const folder = join(home.env.XDG_CONFIG_HOME ?? join(home.path, '.config'), 'sway');
    await mkdir(folder, { recursive: true });
    config = join(folder, 'config');
  });
  afterAll(async () => {
    await sway?.[Symbol.asyncDispose]();
    await home?.remove();
  });
  const cli = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<CliResult> =>
    runCli({ ...headless(), ...home.env, ...env }, 'keys', ...args);

  it('writes lines that sway takes, shows them, and takes them out', async () => {
    const env = { SWAYSOCK: sway.env.SWAYSOCK };
    await writeFile(config, 'set $mod Mod4\n');
    expect((await cli(env)).stdout).toMatch(
      /^desktop +sway\nhotkey .*no daemon is running\nbindings .*: not installed/,
    );
    const { stdout, status } = await cli(env, 'install');
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('swaymsg reload'),
    });
    const written = await readFile(config, 'utf8');
    const lines = written.split('\n').filter((line) => line.startsWith('bindsym'));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(await sway.command(line)).toEqual({ success: true });
    expect(JSON.parse((await cli(env, 'show', '--json')).stdout)).toMatchObject({
      desktop: 'sway',
      hotkey: null,
      bindings: { file: config, state: 'installed' },
    });
    expect((await cli(env, 'remove')).stdout).toBe(`Removed from ${config}.\n`);
    expect(await readFile(config, 'utf8')).toBe('set $mod Mod4\n');
    expect((await cli(env, 'remove')).stdout).toBe('No key bindings of codex-voice were found.\n');
  });

  it('prints the command where it knows no file', async () => {
    const env = { XDG_CURRENT_DESKTOP: 'LXQt' };
    expect((await cli(env)).stdout).toContain(`${BUS_NAME}.Toggle`);
    expect(await cli(env, 'install')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/LXQt.*\[bindings-failed\]\n.*Toggle/s),
    });
    expect(await cli({}, 'show', '--desktop', 'nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Hyprland'),
    });
  });
});
