import { loadNative } from './native.ts';

interface ConsoleListAddon {
  getConsoleProcessList(pid: number): number[];
}

/**
 * Windows: sends the parent the list of processes at a console. Runs in a separate process, because a process can be
 * attached to only one console. In the single file it replaces node-pty's `conpty_console_list_agent` (1.1.0), which
 * node-pty would fork from a file beside itself. Written after that module; not yet run on Windows.
 *
 * @param pid a process at the console
 */
export function sendConsoleList(
  pid: number,
  addon = loadNative('node-pty', 'conpty_console_list.node') as ConsoleListAddon,
): void {
  process.send?.({ consoleProcessList: addon.getConsoleProcessList(pid) }, () => process.disconnect());
}
