#!/usr/bin/env node
import { EXIT, endWithoutReader } from './cli/output.ts';

async function main(args: string[]): Promise<void> {
  if (args[0] === '__child' && args[1] === 'whisper') {
    const { runWhisperChild } = await import('./transcription/whisper/whisper-child.ts');
    await runWhisperChild(args.slice(2));
    return;
  }
  if (args[0] === '__child' && args[1] === 'ear') {
    const { runEarChild } = await import('./transcription/ear/child.ts');
    await runEarChild(args.slice(2));
    return;
  }
  if (args[0] === '__child' && args[1] === 'extract') {
    const { extractAll } = await import('./single-file/part-folder.ts');
    extractAll();
    return;
  }
  if (args[0] === '__child' && args[1] === 'vocabulary') {
    const { runVocabularyChild } = await import('./vocabulary/child.ts');
    await runVocabularyChild();
    return;
  }
  if (args[0] === '__child' && args[1] === 'hotkey') {
    const { runHotkeyChild } = await import('./hotkey/carbon/child.ts');
    await runHotkeyChild(args.slice(2));
    return;
  }
  if (args[0] === '__child' && args[1] === 'console-list') {
    const { sendConsoleList } = await import('./single-file/console-list.ts');
    sendConsoleList(Number(args[2]));
    return;
  }
  const { endInterruptedUpdate } = await import('./cli/interrupted-update.ts');
  if (args[0] !== 'daemon') await endInterruptedUpdate(process.env);
  if (args[0] === '--version' || args[0] === '-V') args = ['version'];
  // Loaded here, because a child process does not need them.
  const [{ CommanderError }, { program }] = await Promise.all([
    import('commander'),
    import('./cli/program.ts'),
  ]);
  try {
    await program().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed its message. Asking for help is not an error; naming no command is.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
}

endWithoutReader();
void main(process.argv.slice(2));
