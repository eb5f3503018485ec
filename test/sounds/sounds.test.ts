import { readFile, writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { parseWav } from '../../src/microphone/sound-files/wav.ts';
import { assetPath } from '../../src/single-file/assets.ts';
import { Loudspeaker } from '../../src/sounds/loudspeaker.ts';
import { createSounds, type SoundName } from '../../src/sounds/sounds.ts';
import { type FakePrograms, fakePrograms } from '../support/fake-programs.ts';
import { isAlive, waitFor } from '../support/process.ts';

const NAMES: SoundName[] = ['start', 'end', 'done', 'asks', 'error'];
/** Notes what it was asked to play. */
const PLAYS = 'for a in "$@"; do last="$a"; done; echo "$last" >> "$HERE/played"';

/** Sounds on fake players, and the messages of the log at or above `info`. */
function soundsOn(fakes: FakePrograms, enabled = true, restMs?: number) {
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line).msg) });
  const loudspeaker = new Loudspeaker();
  return { sounds: createSounds({ loudspeaker, enabled, env: fakes.env, logger, restMs }), log };
}

async function linesOf(fakes: FakePrograms, file: string): Promise<string[]> {
  const text = await readFile(`${fakes.folder}/${file}`, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

describe('the cues', () => {
  it.each(NAMES)('%s is short and soft and begins and ends in silence', async (name) => {
    const { samples, sampleRate } = parseWav(await readFile(assetPath(`sounds/${name}.wav`)));
    const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
    expect(samples.length / sampleRate).toBeLessThanOrEqual(0.15);
    expect(20 * Math.log10(peak)).toBeCloseTo(-18, 0);
    expect(Math.abs(samples[0] ?? 1)).toBeLessThan(0.001);
    expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(0.001);
  });
});

describe('all cues', () => {
  /** The loudest of some pitches in a part of a cue, Hz; 0: it is all but silent. */
  function pitchOf(samples: Float32Array, rate: number): number {
    const power = (pitch: number): number => {
      let [real, imaginary] = [0, 0];
      for (const [index, sample] of samples.entries()) {
        const angle = (2 * Math.PI * pitch * index) / rate;
        real += sample * Math.cos(angle);
        imaginary += sample * Math.sin(angle);
      }
      return Math.hypot(real, imaginary) / samples.length;
    };
    const pitches = Array.from({ length: 48 }, (_, semitone) => 220 * 2 ** (semitone / 12));
    const loudest = pitches.toSorted((a, b) => power(b) - power(a))[0] ?? 0;
    return power(loudest) < 0.001 ? 0 : loudest;
  }

  it('are told apart by how they move', async () => {
    const heard = await Promise.all(
      NAMES.map(async (name) => {
        const { samples, sampleRate } = parseWav(await readFile(assetPath(`sounds/${name}.wav`)));
        const part = (from: number, to: number) =>
          pitchOf(samples.slice((from / 1_000) * sampleRate, (to / 1_000) * sampleRate), sampleRate);
        const [first, last] = [part(5, 40), part(85, 120)];
        const gap = part(64, 78) === 0;
        const semitones = Math.round(12 * Math.log2(last / first));
        return [name, { semitones, gap, low: Math.min(first, last) < 350 }];
      }),
    );
    expect(Object.fromEntries(heard)).toEqual({
      start: { semitones: 7, gap: false, low: false },
      end: { semitones: -7, gap: false, low: false },
      done: { semitones: 0, gap: false, low: false },
      asks: { semitones: 0, gap: true, low: false },
      error: { semitones: -8, gap: false, low: false },
    });
  });
});

describe('playing', () => {
  it('goes through the first player that works, and remembers it', async () => {
    await using fakes = await fakePrograms({
      paplay: 'echo x >> "$HERE/refused"; echo "Connection refused" >&2; exit 1',
      aplay: PLAYS,
    });
    const { sounds, log } = soundsOn(fakes);
    sounds.play('start');
    await waitFor('the end of the first cue', () => log.includes('sounds are played'));
    await sounds.close();
    const again = soundsOn(fakes);
    again.sounds.play('done');
    await waitFor('a cue', async () => (await linesOf(fakes, 'played')).length === 2);
    await waitFor('its end', () => again.log.includes('sounds are played'));
    again.sounds.play('error');
    await waitFor('the next', async () => (await linesOf(fakes, 'played')).length === 3);
    await again.sounds.close();
    expect(await linesOf(fakes, 'played')).toEqual(
      ['start', 'done', 'error'].map((name) => assetPath(`sounds/${name}.wav`)),
    );
    expect(await linesOf(fakes, 'refused')).toHaveLength(2);
    expect(log).toEqual(['sounds are played']);
  });

  it('is silent, and says so once, where there is no player', async () => {
    await using fakes = await fakePrograms({ play: 'exit 1' });
    const { sounds, log } = soundsOn(fakes);
    sounds.play('start');
    await waitFor('the log', () => log.length > 0);
    sounds.play('end');
    await sounds.close();
    expect(log).toEqual(['sounds cannot be played']);
  });

  it('starts no player for a while where none worked, and then plays again', async () => {
    await using fakes = await fakePrograms({
      paplay: `echo x >> "$HERE/tried"; [ -e "$HERE/works" ] || exit 1; ${PLAYS}`,
    });
    const tried = () => linesOf(fakes, 'tried');
    const { sounds, log } = soundsOn(fakes, true, 500);
    sounds.play('start');
    await waitFor('the log', () => log.length > 0);
    await writeFile(`${fakes.folder}/works`, '');
    sounds.play('end');
    expect(await tried()).toHaveLength(1);
    await waitFor('a cue', async () => {
      sounds.play('done');
      return (await linesOf(fakes, 'played')).length > 0;
    });
    await sounds.close();
    expect(log).toEqual(['sounds cannot be played', 'sounds are played']);
    expect((await linesOf(fakes, 'played'))[0]).toBe(assetPath('sounds/done.wav'));
  });

  it('drops a cue that still plays, and kills what hangs', async () => {
    const hangs = 'echo $$ >> "$HERE/pids"; exec /bin/sleep 60';
    await using fakes = await fakePrograms({ paplay: hangs });
    const { sounds } = soundsOn(fakes);
    for (let count = 0; count < 20; count++) sounds.play('asks');
    const [pid] = await waitFor('the player', async () => {
      const pids = await linesOf(fakes, 'pids');
      return pids.length > 0 && pids;
    });
    await waitFor('the player to be killed', async () => !(await isAlive(Number(pid))));
    await sounds.close();
    expect(await linesOf(fakes, 'pids')).toHaveLength(1);
  });

  it('ends what plays when it is closed, and plays nothing when it is turned off', async () => {
    await using fakes = await fakePrograms({ paplay: 'echo $$ > "$HERE/pid"; exec /bin/sleep 60' });
    const off = soundsOn(fakes, false);
    off.sounds.play('start');
    await off.sounds.close();
    expect(await linesOf(fakes, 'pid')).toEqual([]);
    const { sounds } = soundsOn(fakes);
    sounds.play('start');
    const [pid] = await waitFor('the player', async () => {
      const pids = await linesOf(fakes, 'pid');
      return pids.length > 0 && pids;
    });
    await sounds.close();
    expect(await isAlive(Number(pid))).toBe(false);
    sounds.play('start');
  });
});
