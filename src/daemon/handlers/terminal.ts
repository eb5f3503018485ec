import type { ControlHandlers } from '../../control/server.ts';
import type { AttachedTerminals } from '../attached-terminals.ts';
import type { HandledDaemon } from '../handled-daemon.ts';

type TerminalHandlers = Pick<
  ControlHandlers,
  | 'attach'
  | 'popup'
  | 'terminal/input'
  | 'terminal/resize'
  | 'terminal/painted'
  | 'terminal/scroll'
  | 'detach'
>;

/** Looking at a hidden terminal, and typing into it. */
export function terminalHandlers(daemon: HandledDaemon, terminals: AttachedTerminals): TerminalHandlers {
  return {
    attach: async (params, peer) =>
      terminals.attach(peer, params, params.project ?? daemon.parts.projects.current.name),
    popup: async ({ project, composer, display }) => {
      const { projects, popups } = daemon.parts;
      const { name } = project === undefined ? projects.current : projects.called(project);
      const env = display === undefined ? daemon.env : { ...daemon.env, ...display };
      return { project: name, window: await popups.open(name, { composer, env }) };
    },
    'terminal/input': ({ data }, peer) => terminals.input(peer, data),
    'terminal/resize': (size, peer) => terminals.resize(peer, size),
    'terminal/painted': (_params, peer) => terminals.painted(peer),
    'terminal/scroll': ({ rows }, peer) => terminals.scroll(peer, rows),
    detach: (_params, peer) => terminals.detach(peer),
  };
}
