import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from '../support/speech.ts';
import { startWindowsPerson, type WindowsPerson } from '../support/wine/person.ts';
import { WINDOWS_START_MS } from '../support/wine/single-file.ts';
import {
  expectKilled,
  expectStopped,
  installAndCheck,
  openNotepad,
  SENTENCE,
  speak,
} from '../support/wine/steps.ts';
import { windowsPath } from '../support/wine/wine.ts';

describe('the single file on Windows', () => {
  let person: WindowsPerson;

  beforeAll(async () => {
    person = await startWindowsPerson();
  }, WINDOWS_START_MS);
  afterAll(() => person?.stop());

  const controlFile = () => join(person.windows.home, 'AppData/Local/codex-voice/run/control.json');
  const codexProcesses = async () =>
    (await person.windows.processes()).filter(({ command }) => /codex\.exe/.test(command));

  it('runs with nothing beside it, and its doctor finds every part', async () => {
    expect(await installAndCheck(person)).toMatch(/^ok +codex +0\./m);
  });

  it('starts a daemon in the background, which says how it is', async () => {
    const { hotkey } = await person.startDaemon();
    expect(hotkey).toMatchObject({ state: 'grabbed', keys: ['Ctrl+Alt+Space', 'Escape'] });
    expect(await codexProcesses()).not.toEqual([]);
    const second = await person.cli('start');
    expect(second.stderr).toContain('[daemon-running]');
  });

  it('answers no client that does not know the key of its pipe', async () => {
    const script = windowsPath(join(person.sources.folder, 'test/support/wine/stranger.ts'));
    const file = windowsPath(controlFile());
    const { stdout } = await person.windows.run(windowsPath(person.sources.node), [script, file]);
    expect(JSON.parse(stdout)[0]).toMatchObject({ id: 1, error: { data: { code: 'client-unproven' } } });
    expect(stdout).not.toContain('"result"');
  });

  it('hears a sentence after the key is pressed in another window, and keeps the answer', async () => {
    await openNotepad(person);
    const utterance = await speak(person, clip(SENTENCE));
    expect(utterance).toMatchObject({ state: 'answered', source: 'hotkey' });
    const asked = person.model.requests.at(-1)?.lastUserText ?? '';
    expect(asked).toMatch(/and so my fellow american/i);
    expect(utterance.answer).toContain(asked);
  });

  it('holds the key while it is pressed, and lets a long press end with the sentence', async () => {
    await person.x.xdotool('keydown', 'ctrl', 'keydown', 'alt', 'keydown', 'space');
    await expect.poll(async () => (await person.status()).stage).toBe('listening');
    // Longer than a tap: to let go ends it.
    await delay(1_500);
    await person.x.xdotool('keyup', 'space', 'keyup', 'alt', 'keyup', 'ctrl');
    await expect.poll(async () => (await person.status()).stage).toBe('idle');
  });

  it('stops, and leaves no process', async () => {
    await expectStopped(person);
    expect(existsSync(controlFile())).toBe(false);
    expect((await person.cli('status')).status).toBe(3);
  });

  it('is killed, and Codex ends with it', async () => {
    await person.startDaemon();
    await expectKilled(person);
    // What it left behind is in nobody's way.
    await person.startDaemon();
    await expectStopped(person);
  });
});
