import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AttachedTerminals } from '../attach/attached-terminals.ts';
import { LiveOverview } from '../control/overview.ts';
import { VoiceError } from '../errors.ts';
import { Bus, type Fact } from '../facts.ts';
import { type Paths, pathsOf } from '../files/paths.ts';
import { AgentProcesses } from '../peers/agents.ts';
import { processTable } from '../peers/process-table.ts';
import type { Utterance } from '../utterance.ts';
import { demoMicrophone, demoPaths, withLoopback } from './demo-parts.ts';
import { Parts } from './parts.ts';
import { loadUserSettings } from './user-settings.ts';

interface DemoOptions {
  env: NodeJS.ProcessEnv;
  /** Use the built-in model even if Codex is signed in. */
  loopback: boolean;
  /** Called with each fact. */
  onFact: (fact: Fact) => void;
  /** Called when everything is warm and the recording begins. */
  onReady: (ready: { ms: number; loopback: boolean }) => void;
  logger: Logger;
}

/**
 * Plays the bundled recording through detector, Whisper and the hidden Codex, in separate folders.
 * @returns the utterance at its end
 * @throws VoiceError codex-missing, model-corrupt, ... as for a first prompt
 */
export async function runDemo(options: DemoOptions): Promise<Utterance> {
  const paths = demoPaths(pathsOf(options.env));
  await mkdir(join(paths.state, 'project'), { recursive: true, mode: 0o700 });
  try {
    if (!options.loopback) {
      try {
        return await speak(options, paths, options.env, false);
      } catch (error) {
        if (!(error instanceof VoiceError && error.code === 'codex-signed-out')) throw error;
      }
    }
    return await withLoopback(paths, options.env, (env) => speak(options, paths, env, true));
  } finally {
    await rm(paths.state, { recursive: true, force: true, maxRetries: 5 });
    await rm(paths.runtime, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function speak(
  options: DemoOptions,
  paths: Paths,
  env: NodeJS.ProcessEnv,
  loopback: boolean,
): Promise<Utterance> {
  const { settings } = await loadUserSettings(options.env);
  const project = join(paths.state, 'project');
  const microphone = await demoMicrophone(env);
  const ended = Promise.withResolvers<Utterance>();
  const started = performance.now();
  const bus = new Bus(options.logger);
  bus.subscribe('demo', (fact) => {
    options.onFact(fact);
    if (fact.type === 'ended') ended.resolve(fact.utterance);
  });
  const parts = await Parts.create({
    settings: {
      ...settings,
      reply: { ...settings.reply, sound: false },
      performance: { ...settings.performance, recording_seconds: 0 },
      project: [{ name: 'demo', path: project, aliases: [] }],
    },
    paths,
    env,
    workingDirectory: project,
    bus,
    // The demo has no way to request these.
    program: { reload: () => false, restart: () => false, stop: () => undefined },
    terminals: new AttachedTerminals(() => parts.projects, new LiveOverview()),
    // The demo accepts no decisions.
    agents: new AgentProcesses(processTable()),
    trusts: () => true,
    logger: options.logger,
    instead: { microphone },
  });
  try {
    await Promise.all([parts.projects.start(), parts.transcriber.ready()]);
    options.onReady({ ms: performance.now() - started, loopback });
    await parts.perform({ type: 'key', key: 'toggle' }, 'hotkey');
    const { id } = await ended.promise;
    await parts.hearing.settled();
    await parts.projects.settled();
    return parts.journal.get(id) ?? (await ended.promise);
  } finally {
    await parts.close();
  }
}
