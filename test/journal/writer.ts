/** A process that writes into a journal until it is killed, and says what is safe by then. */
import { pino } from 'pino';
import { Journal } from '../../src/journal/journal.ts';
import { utterance } from '../support/utterances.ts';

const journal = Journal.open(process.argv[2] ?? '', { logger: pino({ level: 'silent' }) });
for (let index = 0; ; index += 1) {
  journal.insert(utterance({ id: `u${index}`, transcript: `words ${index}`, state: 'heard' }));
  process.stdout.write(`${index}\n`);
}
