import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KWin, kwinUnavailable } from '../wayland/kwin.ts';
import type { Compositor, WantedWindow } from './compositor.ts';

/** The call with which the script reports whether it has found the window. */
const REPORT = { path: '/window', interface: 'codex.voice.Window', member: 'Found' } as const;

/** Windows of Plasma on Wayland, by scripts in KWin. Verified with KWin 5.27 and 6.3. */
export function kwinWindows(env: NodeJS.ProcessEnv): Compositor {
  return {
    name: 'kwin',
    unavailable: () => kwinUnavailable(env),
    raise: (wanted, signal) => inKWin(env, wanted, 'raise', signal),
    async presentNext(wanted, onCome, signal) {
      await inKWin(env, wanted, 'present-next', signal);
      onCome();
    },
  };
}

/** Runs the script until it has found the window, or knows that there is none. */
async function inKWin(
  env: NodeJS.ProcessEnv,
  wanted: WantedWindow,
  task: 'raise' | 'present-next',
  signal: AbortSignal,
): Promise<boolean> {
  using kwin = await KWin.open(env);
  const found = Promise.withResolvers<boolean>();
  signal.addEventListener('abort', () => found.reject(signal.reason), { once: true });
  void kwin.ended.then(found.reject);
  kwin.onReport(REPORT, (report) => found.resolve(report === 'true'));
  // KWin loads no two scripts of one name.
  const name = `codex-voice-window-${randomUUID()}`;
  const folder = await mkdtemp(join(env.XDG_RUNTIME_DIR || tmpdir(), 'codex-voice-window-'));
  try {
    const script = windowScript(kwin.receiver, wanted, task);
    await using _script = await kwin.run(name, script, join(folder, 'window.js'));
    return await found.promise;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Returns the script that finds the window and focuses it; a new one is placed in the middle of its output.
 * @param receiver a unique name on the bus
 */
function windowScript(receiver: string, wanted: WantedWindow, task: 'raise' | 'present-next'): string {
  const call = [receiver, REPORT.path, REPORT.interface, REPORT.member].map((each) => JSON.stringify(each));
  const lower = { ...wanted, class: wanted.class?.toLowerCase() };
  return `const wanted = ${JSON.stringify(lower)};
const six = Boolean(workspace.windowList);
const added = six ? workspace.windowAdded : workspace.clientAdded;
function hasClass(window) {
  const names = [window.resourceClass, window.resourceName].map((name) => String(name).toLowerCase());
  return wanted.class !== undefined && names.includes(wanted.class);
}
const hasTitle = (window) => wanted.title !== undefined && String(window.caption).startsWith(wanted.title);
const isOf = (window) => wanted.pids.includes(window.pid);
function find(all) {
  const named = all.find(hasClass);
  if (named) return named;
  for (const pid of wanted.pids) {
    const found = all.find((window) => window.pid === pid);
    if (found) return found;
  }
}
function centre(window) {
  const area = workspace.clientArea(KWin.PlacementArea, window);
  const { width, height } = window.frameGeometry;
  const x = Math.round(area.x + Math.max(0, (area.width - width) / 2));
  const y = Math.round(area.y + Math.max(0, (area.height - height) / 2));
  window.frameGeometry = { x, y, width, height };
}
function raise(window) {
  window.minimized = false;
  if (six) workspace.activeWindow = window;
  else workspace.activeClient = window;
}
const report = (found) => callDBus(${call.join(', ')}, String(found));
function present(window) {
  centre(window);
  raise(window);
  report(true);
}
function take(window) {
  if (!hasClass(window) && !hasTitle(window) && !isOf(window)) return;
  added.disconnect(take);
  present(window);
}
const all = Array.from(six ? workspace.windowList() : workspace.clientList());
${
  task === 'raise'
    ? `const window = find(all);
if (window) raise(window);
report(Boolean(window));`
    : `const window = all.find(isOf);
if (window) present(window);
else added.connect(take);`
}
`;
}
