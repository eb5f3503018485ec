/**
 * What a person on Windows does, under Wine: installs the program, asks the doctor, presses the key, speaks a sentence,
 * gets an answer, stops the daemon; starts it again, and it is killed. Prints each step. Exit status 0: everything worked,
 * and nothing is left.
 *
 *     node test/support/wine/try.ts
 */
import { clip } from '../speech.ts';
import { startWindowsPerson } from './person.ts';
import { expectKilled, expectStopped, installAndCheck, openNotepad, SENTENCE, speak } from './steps.ts';

const say = (text: string): void => {
  process.stdout.write(`${new Date().toLocaleTimeString('en-GB')} ${text}\n`);
};

say('Starting Windows (Wine); the first time, its parts are made, which takes minutes.');
const person = await startWindowsPerson();
try {
  say(await installAndCheck(person));
  const { version, hotkey } = await person.startDaemon();
  say(`The daemon ${version} runs; hotkey: ${JSON.stringify(hotkey)}`);
  await openNotepad(person);
  const utterance = await speak(person, clip(SENTENCE));
  say(`Heard:    ${utterance.transcript}`);
  say(`Model:    ${person.model.requests.at(-1)?.lastUserText}`);
  say(`Answered: ${utterance.answer}`);
  await expectStopped(person);
  say('Stopped, and nothing is left.');
  await person.startDaemon();
  await expectKilled(person);
  say('Started again and killed, and nothing is left.');
} finally {
  await person.stop();
}
