import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classOf, type PopupWindow } from '../../src/attach/attached-terminals.ts';
import { Popups } from '../../src/attach/popups.ts';
import type { Fact } from '../../src/facts.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { type FakePrograms, fakePrograms } from '../support/fake-programs.ts';
import { waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';
import { utterance } from '../support/utterances.ts';

/** The rules by which windows come; that they really come is tested on a real X server. */
describe('pop-up windows', () => {
  let programs: FakePrograms;
  let settings: Settings['reply'];
  let windows: string[];
  let popup: PopupWindow | null;
  let calls: string[];
  let troubles: unknown[];
  let popups: Popups;

  beforeEach(async () => {
    programs = await fakePrograms({ xterm: 'echo "$@" >> "$HERE/opened"' });
    settings = { notify: true, sound: true, popup: 'approval', terminal: 'auto' } as Settings['reply'];
    windows = [];
    popup = null;
    calls = [];
    troubles = [];
    const terminals = {
      windows: () => windows,
      popup: () => popup,
      untilPopup: () => Promise.resolve(),
    };
    popups = new Popups({
      settings: () => settings,
      terminals,
      env: programs.env,
      bus: { publish: (fact) => void (fact.type === 'trouble' && troubles.push(fact.error)) },
      logger: pino({ level: 'silent' }),
    });
  });
  afterEach(() => programs[Symbol.asyncDispose]());

  const opened = async () => {
    const text = await readFile(join(programs.folder, 'opened'), 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean);
  };
  const approval = (id: string): Fact => ({
    type: 'requested',
    project: 'the app',
    request: pendingRequest({ id }),
  });
  const accepted = (id: string): Fact => ({
    type: 'accepted',
    utterance: utterance({ id, project: 'the app', prompt: 'x' }),
    turn: 't',
  });
  const shown = (): PopupWindow => ({
    pid: process.pid,
    class: 'none',
    follow: () => calls.push('follow'),
    call: () => calls.push('call'),
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 150));

  it('come when Codex asks, once for a request, and never for a prompt', async () => {
    popups.learn(accepted('u1'));
    popups.learn(approval('r1'));
    await waitFor('the window', async () => (await opened()).length === 1);
    expect((await opened())[0]).toMatch(/-T codex-voice: the app .*attach --window --project the app$/);
    popups.learn(approval('r1'));
    await settle();
    expect(await opened()).toHaveLength(1);
    popups.learn(approval('r2'));
    await waitFor('another', async () => (await opened()).length === 2);
  });

  it('come at each prompt as well when that is wanted, and not at all when it is not', async () => {
    settings.popup = 'always';
    popups.learn(accepted('u1'));
    popups.learn(accepted('u1'));
    await waitFor('the window', async () => (await opened()).length === 1);
    settings.popup = 'never';
    popups.learn(accepted('u2'));
    popups.learn(approval('r1'));
    await settle();
    expect(await opened()).toHaveLength(1);
  });

  it('do not come where somebody looks at the project in a terminal of theirs', async () => {
    windows = ['codex-voice'];
    popups.learn(approval('r1'));
    await settle();
    expect(await opened()).toEqual([]);
  });

  it('come forward when they are open already; one that cannot be raised is called', async () => {
    windows = ['codex-voice'];
    popup = shown();
    popups.learn(approval('r1'));
    await waitFor('the call', () => calls.includes('call'));
    expect(calls).toEqual(['follow', 'call']);
    popups.learn(approval('r1'));
    await settle();
    expect(calls).toHaveLength(2);
    expect(await popups.open('the app')).toBe('raised');
    expect(calls.slice(2)).toEqual(['call']);
  });

  it('are opened once though they are asked for twice at a time', async () => {
    expect(await Promise.all([popups.open('a'), popups.open('a')])).toEqual(['opened', 'opened']);
    await waitFor('the window', async () => (await opened()).length > 0);
    await settle();
    expect(await opened()).toHaveLength(1);
  });

  it('that do not come are told', async () => {
    await programs.set('xterm', 'exit 3');
    const failing = new Popups({
      settings: () => settings,
      terminals: {
        windows: () => [],
        popup: () => null,
        untilPopup: () => new Promise(() => undefined),
      },
      env: programs.env,
      bus: { publish: (fact) => void (fact.type === 'trouble' && troubles.push(fact.error)) },
      logger: pino({ level: 'silent' }),
    });
    failing.learn(approval('r1'));
    await waitFor('the trouble', () => troubles.length === 1);
    expect(troubles[0]).toMatchObject({ code: 'not-found' });
  });

  it('have a class of one word', () => {
    expect(['backend', 'The Web App!', '日本'].map(classOf)).toEqual([
      'codex-voice-backend',
      'codex-voice-the-web-app',
      'codex-voice-project',
    ]);
  });
});
