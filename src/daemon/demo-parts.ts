import { join } from 'node:path';
import type { Paths } from '../files/paths.ts';
import { converse } from '../loopback/answers.ts';
import { writeCodexHome } from '../loopback/codex-home.ts';
import { LoopbackModel } from '../loopback/model.ts';
import type { Microphone } from '../microphone/microphone.ts';
import { recordedMicrophone } from '../microphone/recorded.ts';
import { bundledRecording } from '../microphone/sample-recording.ts';

/** Runs work with the built-in model instead of a real one. @param paths of the demo */
export async function withLoopback<T>(
  paths: Paths,
  env: NodeJS.ProcessEnv,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const model = new LoopbackModel(converse);
  await model.start();
  try {
    const codexHome = await writeCodexHome(join(paths.state, 'codex-home'), model.baseUrl);
    return await work({ ...env, CODEX_HOME: codexHome });
  } finally {
    await model.close();
  }
}

/** Returns separate folders, so that the demo changes neither the journal nor a running daemon. */
export function demoPaths(paths: Paths): Paths {
  const state = join(paths.state, `demo-${process.pid}`);
  const runtime = join(paths.runtime, `demo-${process.pid}`);
  return {
    ...paths,
    state,
    journal: join(state, 'journal.sqlite'),
    log: join(state, 'log'),
    runtime,
    controlSocket: join(runtime, 'control.sock'),
    // A running daemon has its own sessions.
    sessions: join(runtime, 'codex'),
  };
}

/** Returns a microphone that plays the bundled recording. @throws VoiceError audio-invalid */
export async function demoMicrophone(env: NodeJS.ProcessEnv): Promise<Microphone> {
  return recordedMicrophone('bundled recording', await bundledRecording(env));
}
