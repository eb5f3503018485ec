import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EVENTS } from '../../src/control/events.ts';
import { NOTIFICATION_PARAMS, PARAMS } from '../../src/control/params.ts';
import { runServer } from '../support/control.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { utterance } from '../support/utterances.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/control-protocol.md'), 'utf8');

test('every request, notification and event is documented', () => {
  const names = [...Object.keys(PARAMS), ...Object.keys(NOTIFICATION_PARAMS), ...EVENTS];
  for (const name of names) expect(document).toMatch(new RegExp(`\`${name}[\` ]`));
});

test('the example works as it is written', async () => {
  const { path, server } = await runServer({
    ask: async ({ text }) => {
      setImmediate(() => {
        for (const word of ['You asked: ', text ?? ''])
          server.broadcast({ event: 'delta', payload: { utterance: 'u', text: word } });
        server.broadcast({
          event: 'answer',
          payload: { utterance: 'u', record: utterance({ id: 'u', state: 'answered' }) },
        });
      });
      return { id: 'u', utterance: null };
    },
  });
  const script = join(temporaryFolder(), 'ask.mjs');
  writeFileSync(script, /```js\n(.*?)```/s.exec(document)?.[1] ?? '');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, path, 'où ça? 猫']);
  expect({ stdout, stderr }).toEqual({ stdout: 'You asked: où ça? 猫', stderr: '' });
});
