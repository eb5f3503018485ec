import type { Utterance } from '../../../src/utterance.ts';
import { waitFor } from '../process.ts';
import type { Clip } from '../speech.ts';
import type { WindowsPerson } from './person.ts';
import { words } from './single-file.ts';

/** The clip of the speech set that is spoken. */
export const SENTENCE = 'jfk';

/** Parts that no Wine has: the doctor may say so, and must find nothing else. */
const NOT_IN_WINE = /^failed\s+notifications\b/;

/** Installs the program, and returns what its doctor says. @throws Error when it finds that something does not work */
export async function installAndCheck(person: WindowsPerson): Promise<string> {
  await person.install();
  const version = await person.cli('version', '--verbose');
  if (version.status !== 0) throw new Error(`version ended with ${version.status}: ${words(version)}`);
  const { stdout } = await person.cli('doctor');
  const failed = stdout.split('\n').filter((line) => line.startsWith('failed') && !NOT_IN_WINE.test(line));
  if (failed.length > 0 || !/^ok\s+whisper\b/m.test(stdout)) throw new Error(`the doctor says:\n${stdout}`);
  return stdout;
}

/** Opens a window of another program and gives it the focus. */
export async function openNotepad({ windows, x }: WindowsPerson): Promise<void> {
  await windows.start('notepad.exe');
  const window = await x.xdotool('search', '--sync', '--onlyvisible', '--name', 'Notepad');
  await x.xdotool('windowfocus', '--sync', window);
}

/** Presses the key in the window that has the focus, speaks, and waits for the answer. */
export async function speak(person: WindowsPerson, { path }: Clip): Promise<Utterance> {
  const before = (await person.history()).length;
  await person.x.xdotool('key', 'ctrl+alt+space');
  await waitFor('the microphone to be open', async () => (await person.audio.sourceOutputs()).length > 0);
  await person.audio.play(path);
  return waitFor(
    'the answer',
    async () => {
      const [newest, ...older] = await person.history();
      const ended = !['listening', 'heard', 'accepted'].includes(newest?.state ?? 'listening');
      return older.length === before && ended && newest;
    },
    { timeout: 180_000, every: 1_000 },
  );
}

/** Stops the daemon. @throws Error when a process of it is left */
export async function expectStopped(person: WindowsPerson): Promise<void> {
  const { status, stdout, stderr } = await person.cli('stop');
  if (status !== 0) throw new Error(`stop ended with ${status}: ${stdout}${stderr}`);
  await expectNothingLeft(person);
}

/** Waits until no program but Notepad runs. */
export async function expectNothingLeft({ windows }: WindowsPerson): Promise<void> {
  await waitFor('the processes of the daemon to end', async () => {
    const processes = await windows.processes();
    return processes.every(({ command }) => /notepad\.exe/i.test(command));
  });
}

/** Kills the daemon, as a crash would. @throws Error when a process of it is left */
export async function expectKilled(person: WindowsPerson): Promise<void> {
  await waitFor('Codex', async () =>
    (await person.windows.processes()).some(({ command }) => /codex\.exe/i.test(command)),
  );
  process.kill((await person.daemon()).pid, 'SIGKILL');
  await expectNothingLeft(person);
}
