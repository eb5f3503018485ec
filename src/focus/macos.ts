import { once } from 'node:events';
import { run } from '../processes/run.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';

/** Part of macOS; it needs no permission. */
const LSAPPINFO = '/usr/bin/lsappinfo';

interface MacosDriverOptions {
  platform?: NodeJS.Platform;
  program?: string;
}

/**
 * The app in front of macOS, from lsappinfo(8), which needs no permission. Written after its output on macOS 14 as
 * documented by others; not run on a Mac. Titles of windows need the permission for Accessibility, so editors are not
 * known by theirs.
 */
export function macosDriver({
  platform = process.platform,
  program = LSAPPINFO,
}: MacosDriverOptions = {}): FocusDriver {
  return {
    name: 'lsappinfo',
    gap: 'macOS shows the titles of windows only with the permission for Accessibility: only terminals are known',
    unavailable: async () => (platform === 'darwin' ? null : 'only macOS has it'),
    async serve(attach, signal) {
      signal.throwIfAborted();
      attach(() => appInFront(program));
      await once(signal, 'abort');
      throw signal.reason;
    },
  };
}

/** @throws Error when lsappinfo fails */
async function appInFront(program: string): Promise<ActiveWindow | null> {
  // An identifier such as ASN:0x0-0x1d01d:
  const front = await output(program, ['front']);
  const [asn] = /ASN:[-0-9a-fx]+:?/iu.exec(front) ?? [];
  if (asn === undefined) return null;
  const info = await output(program, ['info', '-only', 'pid,bundleid', asn]);
  const pid = Number(/"?pid"?\s*=\s*(\d+)/u.exec(info)?.[1]);
  const bundle = /"CFBundleIdentifier"\s*=\s*"([^"]*)"/u.exec(info)?.[1];
  return windowOf('', [bundle], pid);
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const { status, stdout, words } = await run(program, args);
  if (status !== 0) throw new Error(`lsappinfo ended with ${status}: ${words}`);
  return stdout.toString('utf8');
}
