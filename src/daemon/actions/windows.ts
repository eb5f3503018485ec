import { existsSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { Performers } from '../../actions.ts';
import type { Popups } from '../../attach/popups.ts';
import type { Bubbles } from '../../bubbles/bubbles.ts';
import type { Projects } from '../../delivery/projects.ts';
import { VoiceError } from '../../errors.ts';
import type { Journal } from '../../journal/journal.ts';
import { ownCommand } from '../../single-file/child.ts';
import { newSettings } from '../../tray/wording.ts';
import { type OpenOptions, openTerminal } from '../../windows/popup.ts';
import { findOpener, openFile } from '../../windows/text-file.ts';
import { windows } from '../../wording/status.ts';

interface WindowParts {
  popups: Pick<Popups, 'open'>;
  projects: Pick<Projects, 'called' | 'current'>;
  journal: Pick<Journal, 'get'>;
  reply: Pick<Bubbles, 'openAnswer'>;
  /** `[reply] terminal`. */
  terminal: () => string;
  /** The settings file. */
  config: string;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

type WindowAction = 'open-terminal' | 'open-answer' | 'open-screen' | 'open-settings';

/** Actions that open windows of the desktop. All throw not-found when no program can open one. */
export function windowPerformers(parts: WindowParts): Pick<Performers, WindowAction> {
  const { popups, projects, journal, reply, env, logger } = parts;
  return {
    // An open window is raised.
    'open-terminal': async ({ project: name, composer = false, env: desktop = env, activation }) => {
      const project = name === undefined ? projects.current.name : projects.called(name).name;
      return { project, window: await popups.open(project, { composer, env: desktop, activation }) };
    },
    'open-answer': async ({ utterance: id }) => {
      const utterance = journal.get(id);
      if (!utterance) {
        throw new VoiceError('not-found', 'This answer is no longer kept.', 'See `codex-voice history`.');
      }
      await reply.openAnswer(utterance);
    },
    'open-screen': async () => {
      const { command, args } = ownCommand(['ui']);
      const look = { title: windows.screen, class: 'codex-voice-ui', logger };
      await openTerminal(parts.terminal(), [command, ...args], env, look);
    },
    'open-settings': () => openSettings(parts),
  };
}

/** Opens the settings in the user's editor. A new file begins with a line about the documentation. */
async function openSettings({ config, env }: WindowParts): Promise<void> {
  const opener = findOpener(env);
  if (opener === null) {
    throw new VoiceError('not-found', 'No program that opens text files was found.', `Edit ${config}.`);
  }
  if (!existsSync(config)) {
    await mkdir(dirname(config), { recursive: true, mode: 0o700 });
    writeFileSync(config, newSettings, { mode: 0o600, flag: 'wx' });
  }
  await openFile(opener, config);
}

/** Opens the editor of a prompt in review in a new window. @throws VoiceError not-found */
export async function openReviewEditor(
  terminal: string,
  id: string,
  env: NodeJS.ProcessEnv,
  options: Pick<OpenOptions, 'ready' | 'logger'>,
): Promise<void> {
  const { command, args } = ownCommand(['review', 'edit', id]);
  const look = { title: windows.edit, class: 'codex-voice-edit', columns: 90, rows: 14 };
  await openTerminal(terminal, [command, ...args], env, { ...look, ...options });
}
