import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findVoice, type Voice } from '../../src/sounds/voice.ts';
import { type FakePrograms, fakePrograms } from '../support/fake-programs.ts';
import { waitFor } from '../support/process.ts';

const silent = pino({ level: 'silent' });
const never = new AbortController().signal;
/** Reads as quickly as is believed. */
const works = '/bin/cat > "$HERE/said"; echo "$@" > "$HERE/args"; /bin/sleep 0.4';
const TEXT = 'backend asks. Run it?';

describe('a voice of the system', () => {
  let programs: FakePrograms;
  beforeEach(async () => {
    programs = await fakePrograms({});
  });
  afterEach(() => programs[Symbol.asyncDispose]());

  const kept = (name: string) => readFile(join(programs.folder, name), 'utf8').catch(() => '');
  async function voice(): Promise<Voice> {
    const found = await findVoice(programs.env, silent);
    if (!found) throw new Error('no voice was found');
    return found;
  }

  it('is the first that is installed', async () => {
    expect(await findVoice(programs.env, silent)).toBeNull();
    await programs.set('powershell.exe', works);
    expect((await voice()).program).toBe(join(programs.folder, 'powershell.exe'));
    await programs.set('say', works);
    expect((await voice()).program).toBe(join(programs.folder, 'say'));
    await programs.set('espeak-ng', works);
    expect((await voice()).program).toBe(join(programs.folder, 'espeak-ng'));
    await programs.set('spd-say', works);
    expect((await voice()).program).toBe(join(programs.folder, 'spd-say'));
  });

  it('is given the text on its standard input, and has read it when it ends well', async () => {
    await programs.set('spd-say', works);
    expect(await (await voice()).say(TEXT, never)).toBe(true);
    expect(await kept('said')).toBe(`${TEXT}\n`);
    expect(await kept('args')).toBe('--wait --priority important --pipe-mode\n');
  });

  it.each([
    ['say', '-f -'],
    ['powershell.exe', /^-NoLogo -NoProfile -NonInteractive -Command .*\[Console\]::In\.ReadToEnd\(\)\)$/],
  ])('gives %s the text on its standard input, and nothing of it on the command line', async (name, args) => {
    await programs.set(name, works);
    const text = 'it\u2019s "done" `id` $(id) \u732b';
    expect(await (await voice()).say(text, never)).toBe(true);
    expect(await kept('said')).toBe(`${text}\n`);
    expect((await kept('args')).trim()).toMatch(args);
  });

  it.each([
    ['fails', '/bin/cat > /dev/null; /bin/sleep 0.4; exit 1'],
    ['ends before anybody could have heard it, as one without a sound device', '/bin/cat > /dev/null'],
    ['does not even listen', 'exit 0'],
    ['is killed', '/bin/sleep 0.4; kill -9 $$'],
  ])('has read nothing when it %s', async (_name, script) => {
    await programs.set('espeak-ng', script);
    expect(await (await voice()).say(TEXT.repeat(3), never)).toBe(false);
  });

  it('stops when it is told to', async () => {
    await programs.set('espeak-ng', 'echo here > "$HERE/began"; exec /bin/sleep 60');
    const stop = new AbortController();
    const reading = (await voice()).say(TEXT, stop.signal);
    await waitFor('the voice', () => kept('began'));
    stop.abort();
    expect(await reading).toBe(false);
    expect(await (await voice()).say(TEXT, stop.signal)).toBe(false);
  });

  it('silences the server behind spd-say, which reads on without it', async () => {
    const script =
      'echo "$@" >> "$HERE/calls"; [ "$1" = --stop ] && exit 0; echo here > "$HERE/began"; exec /bin/sleep 60';
    await programs.set('spd-say', script);
    const stop = new AbortController();
    const reading = (await voice()).say(TEXT, stop.signal);
    await waitFor('the voice', () => kept('began'));
    stop.abort();
    expect(await reading).toBe(false);
    expect((await kept('calls')).trim().split('\n').at(-1)).toBe('--stop');
  });
});
