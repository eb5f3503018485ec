import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findInstallation, updatedElsewhere } from '../../src/update/installed.ts';
import { fakePrograms } from '../support/fake-programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = '/usr/bin/codex-voice';

async function environment(scripts: Record<string, string>): Promise<NodeJS.ProcessEnv> {
  const programs = await fakePrograms(scripts);
  onTestFinished(() => programs[Symbol.asyncDispose]());
  return programs.env;
}

const NO = 'exit 1';

test('a single file that no package manager knows updates itself', async () => {
  const env = await environment({ dpkg: NO, rpm: NO, pacman: NO });
  const found = await findInstallation({ packaged: true, program: PROGRAM, env });
  expect(found).toEqual({ kind: 'file', program: PROGRAM });
});

test('so does one on a machine without package managers', async () => {
  const env = await environment({});
  expect(await findInstallation({ packaged: true, program: PROGRAM, env })).toMatchObject({ kind: 'file' });
});

test.each([
  ['deb', 'dpkg', '-S', 'apt-get install --only-upgrade codex-voice'],
  ['rpm', 'rpm', '-qf', 'dnf upgrade codex-voice'],
  ['pacman', 'pacman', '-Qo', 'yay -S codex-voice-bin'],
])('%s: %s says that it is its own', async (kind, manager, question, command) => {
  const owns = `[ "$1" = ${question} ] && [ "$2" = ${PROGRAM} ]`;
  const env = await environment({ dpkg: NO, rpm: NO, pacman: NO, [manager]: owns });
  const found = await findInstallation({ packaged: true, program: PROGRAM, env });
  expect(found).toEqual({ kind, command: expect.stringContaining(command) });
});

test.each([
  ['homebrew', '/opt/homebrew/Cellar/codex-voice/1.2.3/bin/codex-voice', 'brew upgrade codex-voice'],
  [
    'homebrew',
    '/home/linuxbrew/.linuxbrew/Cellar/codex-voice/1.2.3/bin/codex-voice',
    'brew upgrade codex-voice',
  ],
  [
    'winget',
    '/Users/me/AppData/Local/Microsoft/WinGet/Packages/x/codex-voice.exe',
    'winget upgrade codex-voice',
  ],
])('%s has folders of its own', async (kind, program, command) => {
  const env = await environment({});
  expect(await findInstallation({ packaged: true, program, env })).toEqual({ kind, command });
});

describe('inside an app of macOS', () => {
  const app = '/Applications/Codex Voice.app';
  const program = `${app}/Contents/MacOS/codex-voice`;

  test('Homebrew updates the cask', async () => {
    const env = await environment({});
    const found = await findInstallation({
      packaged: true,
      program,
      env,
      casks: ['/nowhere', temporaryFolder()],
    });
    const command = `brew upgrade --cask codex-voice && xattr -dr com.apple.quarantine '${app}'`;
    expect(found).toEqual({ kind: 'cask', command });
    expect(updatedElsewhere({ kind: 'cask', command })).toMatchObject({
      code: 'update-managed',
      message: 'This app was installed by Homebrew and does not update itself.',
      hint: `Update it with: ${command}`,
    });
  });

  test('the user replaces an app that was downloaded', async () => {
    const env = await environment({ dpkg: NO });
    const found = await findInstallation({ packaged: true, program, env, casks: ['/nowhere'] });
    const command = 'open https://github.com/codex-voice/codex-voice/releases/latest';
    expect(found).toEqual({ kind: 'app', command });
    expect(updatedElsewhere({ kind: 'app', command })).toMatchObject({
      code: 'update-managed',
      message: 'This program is sealed by the signature of its app and does not update itself.',
      hint: `Download the new app and replace the whole app with it: ${command}`,
    });
  });

  test('a folder of that name is no app', async () => {
    const env = await environment({});
    const file = '/home/me/tools.app/codex-voice';
    expect(await findInstallation({ packaged: true, program: file, env })).toEqual({
      kind: 'file',
      program: file,
    });
  });
});

test('npm has its own too', async () => {
  const program = '/usr/lib/node_modules/codex-voice/src/cli/own-update.ts';
  const found = await findInstallation({ packaged: false, program, env: await environment({}) });
  expect(found).toEqual({ kind: 'npm', command: 'npm install --global codex-voice@latest' });
});

test('a checkout is named, as a shell takes it', async () => {
  const folder = join(temporaryFolder(), "it's mine");
  const program = join(folder, 'src', 'commands', 'own-update.ts');
  mkdirSync(join(folder, 'src', 'commands'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  const found = await findInstallation({ packaged: false, program, env: await environment({}) });
  const quoted = `'${folder.replaceAll("'", "'\\''")}'`;
  expect(found).toEqual({ kind: 'checkout', command: `git -C ${quoted} pull && bash scripts/install.sh` });
});
