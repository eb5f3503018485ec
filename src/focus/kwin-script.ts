import { MOST_TEXT } from './active-window.ts';

/** The call with which the script reports the active window: one string of JSON. */
export const REPORT = { path: '/focus', interface: 'codex.voice.Focus', member: 'Active' } as const;

/**
 * Returns the script that runs in KWin (5.27 and 6) and reports each activation, and each new title of the active window.
 * Titles are untrusted: they leave the script as JSON, and cut.
 * @param receiver a unique name on the bus
 */
export function kwinScript(receiver: string): string {
  const call = [receiver, REPORT.path, REPORT.interface, REPORT.member].map((each) => JSON.stringify(each));
  return `const cut = (text) => String(text).slice(0, ${MOST_TEXT});
let active = null;
function report() {
  const window = active && { title: cut(active.caption), class: cut(active.resourceClass), pid: active.pid };
  callDBus(${call.join(', ')}, JSON.stringify(window));
}
function follow(window) {
  try {
    active.captionChanged.disconnect(report);
  } catch (error) {
    // There was none, or it is closed.
  }
  active = window || null;
  if (active) active.captionChanged.connect(report);
  report();
}
(workspace.windowActivated || workspace.clientActivated).connect(follow);
follow(workspace.windowActivated ? workspace.activeWindow : workspace.activeClient);
`;
}
