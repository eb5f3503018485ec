import type { AttachedTerminals } from '../../attach/attached-terminals.ts';
import type { ControlHandlers } from '../../control/server.ts';

/**
 * Handlers for clients that look at a hidden terminal.
 * @param requireDecider throws for clients that may not decide, because keys can answer Codex
 */
export function terminalHandlers(
  terminals: AttachedTerminals,
  requireDecider: () => void,
): Pick<
  ControlHandlers,
  'attach' | 'detach' | 'terminal/input' | 'terminal/resize' | 'terminal/painted' | 'terminal/scroll'
> {
  return {
    attach: (params, peer) => terminals.attach(peer, params),
    'terminal/input': ({ data }, peer) => {
      requireDecider();
      terminals.input(peer, data);
    },
    'terminal/resize': (size, peer) => terminals.resize(peer, size),
    'terminal/painted': (_params, peer) => terminals.painted(peer),
    'terminal/scroll': ({ rows }, peer) => terminals.scroll(peer, rows),
    detach: (_params, peer) => terminals.detach(peer),
  };
}
