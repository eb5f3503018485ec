import { readdir, readFile } from 'node:fs/promises';
import { output } from '../../processes/run.ts';

/**
 * Finds app-servers by the hash of their token, for servers of a daemon that was killed before it could record them.
 * Each server has a separate token. Windows: none.
 * @param hash SHA-256, hex
 */
export async function guardedProcesses(hash: string): Promise<number[]> {
  if (process.platform === 'win32' || !/^[0-9a-f]{64}$/u.test(hash)) return [];
  const commands = process.platform === 'linux' ? await commandsOfProc() : await commandsOfPs();
  const server = new RegExp(
    ` app-server --listen (?:ws://127\\.0\\.0\\.1:0|unix://.+) --ws-auth capability-token --ws-token-sha256 ${hash}(?: |$)`,
    'u',
  );
  return commands.filter(({ line }) => server.test(line)).map(({ pid }) => pid);
}

interface Command {
  pid: number;
  /** Program and arguments, separated by spaces. */
  line: string;
}

async function commandsOfProc(): Promise<Command[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number);
  const commands = await Promise.all(
    pids.map(async (pid) => {
      try {
        return { pid, line: (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim() };
      } catch {
        return null; // It ended meanwhile.
      }
    }),
  );
  return commands.filter((each) => each !== null);
}

async function commandsOfPs(): Promise<Command[]> {
  const rows = await output('ps', ['-axww', '-o', 'pid=,args=']);
  return rows.split('\n').flatMap((row) => {
    const [, pid, line] = /^\s*(\d+)\s+(.*)$/u.exec(row) ?? [];
    return pid === undefined || line === undefined ? [] : [{ pid: Number(pid), line: line.trim() }];
  });
}
