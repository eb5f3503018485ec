import type { DownloadOptions } from '../download/download.ts';
import type { LookOptions } from './look.ts';
import type { RecoverOptions } from './recover.ts';
import type { SwitchStep } from './switch.ts';

export type UpdateStep =
  | 'found'
  | 'downloaded'
  | 'unpacking'
  | 'unpacked'
  | 'tried'
  | 'waiting'
  | 'idle'
  | SwitchStep
  | 'restarted';

export interface UpdateOptions extends LookOptions, Omit<RecoverOptions, 'memory' | 'logger' | 'onStep'> {
  /** The file that is replaced; absolute. */
  program: string;
  /** Called after each step. */
  onStep?: (step: UpdateStep) => void;
  /** Of the download: bytes so far, bytes in all. */
  onProgress?: (bytes: number, all: number) => void;
  /** How long to wait for an idle daemon, ms. Default: no limit. */
  idleMs?: number;
  /** See DownloadOptions. */
  patience?: Pick<DownloadOptions, 'stallMs' | 'retryMs'>;
}
