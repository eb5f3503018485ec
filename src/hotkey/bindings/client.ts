import { findProgram } from '../../processes/programs.ts';
import { BUS_NAME, BUS_PATH } from '../bus-keys.ts';

/** What a binding of the desktop calls. */
type KeyCall = 'Press' | 'Release' | 'Toggle' | 'Cancel';

/** Returns the command line of a binding: words that need no quoting in any shell or configuration. */
export type KeyCommand = (call: KeyCall) => string;

/** Programs that call a method on the session bus, the quickest first. */
const CLIENTS: readonly { name: string; command: KeyCommand }[] = [
  {
    name: 'dbus-send',
    command: (call) =>
      `dbus-send --session --print-reply=literal --dest=${BUS_NAME} ${BUS_PATH} ${BUS_NAME}.${call}`,
  },
  {
    name: 'busctl',
    command: (call) => `busctl --user call ${BUS_NAME} ${BUS_PATH} ${BUS_NAME} ${call}`,
  },
  {
    name: 'gdbus',
    command: (call) =>
      `gdbus call --session --dest ${BUS_NAME} --object-path ${BUS_PATH} --method ${BUS_NAME}.${call}`,
  },
];

/** Commands for bindings, with the quickest program that is installed; else with codex-voice itself. */
export async function keyCommand(env: NodeJS.ProcessEnv): Promise<KeyCommand> {
  for (const { name, command } of CLIENTS) if ((await findProgram(name, env)) !== null) return command;
  return (call) => `codex-voice ${call.toLowerCase()}`;
}
