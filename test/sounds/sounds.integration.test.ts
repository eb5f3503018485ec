import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';
import { Loudspeaker } from '../../src/sounds/loudspeaker.ts';
import { createSounds } from '../../src/sounds/sounds.ts';
import { startPipeWire, startPulseAudio } from '../support/audio.ts';
import { isAlive, waitFor } from '../support/process.ts';

const logger = pino({ level: 'silent' });

describe.each([
  { name: 'PulseAudio', start: startPulseAudio },
  { name: 'PipeWire', start: startPipeWire },
])('cues on $name', ({ start }) => {
  it('are heard from the speakers', async () => {
    const server = await start();
    const speakers = openMicrophone({
      device: 'speakers.monitor',
      backend: 'parec',
      keepOpen: false,
      env: server.env,
      logger,
      onTrouble: () => undefined,
    });
    const sounds = createSounds({ loudspeaker: new Loudspeaker(), enabled: true, env: server.env, logger });
    try {
      const stop = new AbortController();
      let loudest = 0;
      let frames = 0;
      for await (const { samples } of speakers.record(stop.signal)) {
        if (frames++ === 0) sounds.play('start');
        for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
        if (loudest > 0.05) stop.abort();
        expect(frames).toBeLessThan(5_000);
      }
      expect(loudest).toBeLessThan(0.2);
    } finally {
      await sounds.close();
      await speakers.close();
      await server.stop();
    }
    await waitFor('the server to end', async () => !(await isAlive(server.pid)));
  });
});
