import { pino } from 'pino';
import { expect, it } from 'vitest';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';
import { FakePulse } from '../support/fake-pulse.ts';
import { run, waitFor } from '../support/process.ts';
import { startXServer } from '../support/x-server.ts';

it('the sound server that the X server names is used, with its cookie', async () => {
  await using fake = await FakePulse.start({ sources: [{ name: 'mic' }], defaultSource: 'mic' });
  const x = await startXServer();
  const property = (name: string, value: string) =>
    run('xprop', ['-root', '-format', name, '8s', '-set', name, value], { env: x.env });
  const { PULSE_SERVER: server = '', ...env } = fake.env;
  try {
    await property('PULSE_SERVER', server);
    await property('PULSE_COOKIE', Buffer.alloc(256, 9).toString('hex'));
    const microphone = openMicrophone({
      device: 'default',
      backend: 'pulse',
      keepOpen: false,
      env: { ...env, DISPLAY: x.env.DISPLAY, XAUTHORITY: x.env.XAUTHORITY },
      logger: pino({ level: 'silent' }),
      onTrouble: () => undefined,
    });
    await waitFor('the connection', () => microphone.state.source === 'The mic');
    await microphone.close();
    expect(fake.cookies).toEqual([Buffer.alloc(256, 9)]);
  } finally {
    await x.stop();
  }
});
