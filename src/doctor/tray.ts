import { displayText } from '../text/clean.ts';
import { findTrayHost, type TrayHost } from '../tray/find-host.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

/** Finds the panel that shows the icon. A desktop without one works completely. */
export async function checkTray(
  { settings, env, daemon }: CheckContext,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): Promise<Finding> {
  if (!settings.tray.enabled) return ok('off ([tray] enabled = false)');
  const tray = daemon.state === 'running' ? daemon.status.tray : undefined;
  if (platform === 'darwin' || platform === 'win32') {
    if (tray?.state === 'shown') return ok('the icon is shown');
    if (tray === undefined) return ok('the icon appears when the daemon runs');
    const rosetta = '; on Apple silicon it needs Rosetta (`softwareupdate --install-rosetta`)';
    const need = platform === 'darwin' && arch === 'arm64' ? rosetta : '';
    return ok(`the icon is not shown: see the log${need}`);
  }
  return ok(words(await findTrayHost(env), tray?.state === 'shown', env.XDG_CURRENT_DESKTOP ?? ''));
}

/** @param desktop what the session calls itself: names with colons between them */
export function words(host: TrayHost, shown: boolean, desktop: string): string {
  if (host.state === 'there') {
    const name = displayText(host.program ?? 'a panel');
    return shown ? `${name} shows the icon` : `${name} shows icons; ours appears when the daemon runs`;
  }
  // Asked from elsewhere, as over SSH.
  if (shown) return 'the daemon shows the icon';
  const none =
    host.state === 'none' ? 'no panel here shows icons' : 'there is no session bus here, so no icon';
  const way = desktop.split(':').includes('GNOME')
    ? 'GNOME shows them with its extension AppIndicator (Debian, Ubuntu: gnome-shell-extension-appindicator)'
    : 'the panels of Plasma, Xfce, LXQt, Cinnamon and MATE do, waybar, and GNOME with its extension AppIndicator';
  return `${none}; everything else works without it. ${way[0]?.toUpperCase()}${way.slice(1)}.`;
}
