import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestAloud } from '../../src/sounds/aloud.ts';
import { findVoice, type Voice } from '../../src/sounds/voice.ts';
import { type AudioServer, startPulseAudio } from '../support/audio.ts';
import { startProcess, type TestProcess, temporaryFolder, waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';

const silent = pino({ level: 'silent' });
const { text } = requestAloud(
  pendingRequest({ detail: 'npm test --silent', folder: '/src/backend' }),
  'backend',
);

/** The real espeak-ng, on a sound server that a test can hear. */
describe('espeak-ng', () => {
  let audio: AudioServer;
  beforeAll(async () => {
    audio = await startPulseAudio();
  });
  afterAll(() => audio.stop());

  async function espeak(env: NodeJS.ProcessEnv): Promise<Voice> {
    const voice = await findVoice({ ...env, PATH: '/usr/bin' }, silent);
    expect(existsSync('/usr/bin/espeak-ng')).toBe(true);
    if (!voice) throw new Error('no voice was found');
    return voice;
  }

  /** Who plays something into the speakers, as pactl lists it. */
  async function players(): Promise<string[]> {
    const list: TestProcess = await startProcess('pactl', ['list', 'short', 'sink-inputs'], {
      env: audio.env,
    });
    await list.exited;
    return list.stdout().trim().split('\n').filter(Boolean);
  }

  it('reads a request to its end', async () => {
    const before = (await players()).length;
    const voice = await espeak(audio.env);
    const reading = voice.say(text, new AbortController().signal);
    await waitFor('the voice in the speakers', async () => (await players()).length > before);
    expect(await reading).toBe(true);
    await waitFor('silence', async () => (await players()).length === before);
  });

  it('falls silent when somebody wants to speak', async () => {
    const before = (await players()).length;
    const stop = new AbortController();
    const voice = await espeak(audio.env);
    const reading = voice.say(text.repeat(5), stop.signal);
    await waitFor('the voice in the speakers', async () => (await players()).length > before);
    stop.abort();
    expect(await reading).toBe(false);
    await waitFor('silence', async () => (await players()).length === before);
  });

  it('has read nothing where nothing can be heard', async () => {
    const folder = await temporaryFolder();
    const env = { ...audio.env, HOME: folder.path, PULSE_SERVER: `unix:${join(folder.path, 'nobody')}` };
    expect(await (await espeak(env)).say(text, new AbortController().signal)).toBe(false);
    await folder.remove();
  });
});
