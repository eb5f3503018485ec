import { existsSync, type FSWatcher, realpathSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import type { LoadedSettings } from './load.ts';

/** New settings, or why the file's are not used; then the last good ones stay in force. */
export type SettingsChange = { settings: LoadedSettings } | { error: VoiceError };

interface WatchOptions {
  /** Absolute path of config.toml; it need not exist yet, nor its folder. */
  file: string;
  /** The settings in force. */
  current: LoadedSettings;
  load: () => Promise<LoadedSettings>;
  signal: AbortSignal;
  logger: Logger;
  /** Quiet time after the last change before the file is read, ms: editors write in several steps. */
  debounceMs?: number;
}

/** Reports every real change of config.toml (not every save) until the signal aborts; one consumer. */
export function watchSettings(options: WatchOptions): AsyncIterable<SettingsChange> {
  const watcher = new SettingsWatcher(options);
  options.signal.addEventListener('abort', () => watcher.close(), { once: true });
  if (options.signal.aborted) watcher.close();
  else watcher.arm();
  return watcher.changes;
}

/**
 * Watches folders, not the file: editors save by renaming a new file over the old one, and the file may come
 * later. A file that is a symbolic link is watched where it really is, too.
 */
class SettingsWatcher {
  readonly changes = new EventQueue<SettingsChange>();
  readonly #options: WatchOptions;
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #seen: string;
  #good: string;
  #reading = false;
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#good = JSON.stringify(options.current);
    this.#seen = this.#good;
  }

  arm(): void {
    const places = watchedPlaces(this.#options.file);
    this.#disarm();
    for (const { folder, name } of places) this.#watch(folder, name);
    // A folder may have come or gone between looking and watching.
    const now = watchedPlaces(this.#options.file);
    if (JSON.stringify(now) !== JSON.stringify(places)) this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#disarm();
    this.changes.close();
  }

  #watch(folder: string, name: string): void {
    try {
      const watcher = watch(folder, (_event, changed) => {
        // A folder that goes away is reported under its own name.
        if (changed === null || changed === name || changed === basename(folder)) this.#schedule();
      });
      watcher.on('error', (error) => {
        this.#options.logger.warn({ err: error, folder }, 'the folder of the settings is no longer watched');
      });
      this.#watchers.push(watcher);
    } catch (error) {
      this.#options.logger.warn(
        { err: error, folder },
        'the settings cannot be watched, use `codex-voice restart`',
      );
    }
  }

  #disarm(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #schedule(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), this.#options.debounceMs ?? 100);
  }

  async #read(): Promise<void> {
    if (this.#reading) return this.#schedule();
    this.#reading = true;
    try {
      this.arm();
      const settings = await this.#options.load();
      this.#report(JSON.stringify(settings), { settings });
    } catch (error) {
      const known = error instanceof VoiceError ? error : unreadable(this.#options.file, error);
      this.#report(known.message, { error: known });
    } finally {
      this.#reading = false;
    }
  }

  #report(content: string, change: SettingsChange): void {
    if (content === this.#seen) return;
    this.#seen = content;
    if ('settings' in change) {
      if (content === this.#good) {
        this.#options.logger.info('config.toml is right again, nothing changed');
        return;
      }
      this.#good = content;
    }
    this.changes.push(change);
  }
}

function unreadable(file: string, cause: unknown): VoiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'Correct the file. The last good settings stay in effect.';
  return new VoiceError('config-unreadable', `${file} cannot be read: ${reason}.`, hint, { cause });
}

/** The folders to watch, and the name in each whose change matters. */
function watchedPlaces(file: string): { folder: string; name: string }[] {
  const place = nearestFolder(file);
  const real = realPath(file);
  if (real === null || real === file) return [place];
  return [place, { folder: dirname(real), name: basename(real) }];
}

function realPath(file: string): string | null {
  try {
    return realpathSync(file);
  } catch {
    // The file does not exist; watching its folder is enough.
    return null;
  }
}

function nearestFolder(path: string): { folder: string; name: string } {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? { folder, name: basename(path) } : nearestFolder(folder);
}
