import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Names the program that records from an ALSA card itself, past the sound server. No other program can record from the
 * card meanwhile.
 * @param card its number; null: the source has none
 * @param proc where the kernel shows its state
 * @returns for example `obs (process 1234)`; null: no program does, or it is the sound server
 */
export async function captureHolder(card: number | null, proc = '/proc'): Promise<string | null> {
  if (card === null) return null;
  for await (const file of glob(`asound/card${card}/pcm*c/sub*/status`, { cwd: proc })) {
    const status = await readFile(join(proc, file), 'utf8').catch(() => '');
    const pid = /^owner_pid\s*:\s*(\d+)/m.exec(status)?.[1];
    if (pid === undefined) continue;
    const name = await readFile(join(proc, pid, 'comm'), 'utf8').catch(() => '');
    const program = name.trim();
    if (program !== '' && !SOUND_SERVERS.has(program)) return `${program} (process ${pid})`;
  }
  return null;
}

const SOUND_SERVERS = new Set(['pulseaudio', 'pipewire', 'pipewire-pulse', 'wireplumber']);
