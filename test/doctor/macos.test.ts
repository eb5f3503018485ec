import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkApp } from '../../src/doctor/app.ts';
import type { CheckContext } from '../../src/doctor/check.ts';
import { words } from '../../src/doctor/focus.ts';
import { checkNotifications } from '../../src/doctor/notifications.ts';
import { checkTray } from '../../src/doctor/tray.ts';
import { macosDriver } from '../../src/focus/macos.ts';
import type { Notifier } from '../../src/notifications/notification.ts';
import { launchdDefinition, launchdPlist } from '../../src/service/launchd.ts';
import { checkContext } from '../support/check-context.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const INSIDE = '/Applications/Codex Voice.app/Contents/MacOS/codex-voice';

describe('the check of the app', () => {
  /** A user whose launchd starts this program; null: none. */
  const userOf = (command: string | null): CheckContext => {
    const env = { HOME: temporaryFolder() };
    const definition = launchdDefinition(env);
    mkdirSync(dirname(definition), { recursive: true });
    if (command !== null) writeFileSync(definition, launchdPlist({ command, args: ['daemon'] }, '/dev/null'));
    return checkContext('', env);
  };

  it('warns about a program without the app, and says how to get it', async () => {
    const finding = await checkApp(userOf(null), '/Users/me/.local/bin/codex-voice');
    expect(finding).toMatchObject({
      state: 'warning',
      code: 'microphone-silent',
      detail: expect.stringContaining('/Users/me/.local/bin/codex-voice is not inside Codex Voice.app'),
      hint: expect.stringContaining('brew install --cask codex-voice/tap/codex-voice'),
    });
  });

  it('warns about a service that starts another program', async () => {
    const finding = await checkApp(userOf('/opt/homebrew/bin/codex-voice'), INSIDE);
    expect(finding).toMatchObject({ state: 'warning', hint: 'Run `codex-voice service install`.' });
  });

  it('is content with the app, with and without a service', async () => {
    expect(await checkApp(userOf(null), INSIDE)).toEqual({ state: 'ok', detail: INSIDE });
    const other = '/Users/me/R&D/Codex Voice.app/Contents/MacOS/codex-voice';
    expect(await checkApp(userOf(other), other)).toEqual({
      state: 'ok',
      detail: `${other}, which the service starts`,
    });
  });
});

it('notifications from osascript are a warning that names alerter and Rosetta', async () => {
  const shown: string[] = [];
  const notifier: Notifier = {
    state: { backend: 'osascript', capabilities: ['body'] },
    events: (async function* () {})(),
    show: async (bubble) => shown.push(bubble) > 0,
    dismiss: async (bubble) => void shown.splice(shown.indexOf(bubble), 1),
    close: async () => undefined,
  };
  expect(await checkNotifications(checkContext(), async () => notifier)).toMatchObject({
    state: 'warning',
    code: 'notifications-unavailable',
    detail: 'Notifications are shown by osascript. They have no buttons.',
    hint: expect.stringMatching(/vjeantet\/tap\/alerter.*install-rosetta/),
  });
  expect(shown).toEqual([]);
});

it('an icon that is not shown on Apple silicon may lack Rosetta', async () => {
  const context = checkContext();
  const status = { tray: { backend: 'systray', state: 'waiting' } };
  const daemon = { state: 'running', status } as unknown as CheckContext['daemon'];
  const detail = async (arch: NodeJS.Architecture) =>
    (await checkTray({ ...context, daemon }, { platform: 'darwin', arch })).detail;
  expect(await detail('arm64')).toBe(
    'the icon is not shown: see the log; on Apple silicon it needs Rosetta (`softwareupdate --install-rosetta`)',
  );
  expect(await detail('x64')).toBe('the icon is not shown: see the log');
});

it('the active window of macOS has nothing to do with X11', () => {
  expect(words(macosDriver())).toMatch(/^lsappinfo: macOS shows the titles/);
});
