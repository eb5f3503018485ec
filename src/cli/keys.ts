import { withDaemon } from './connect.ts';
import { print } from './output.ts';

async function key(method: 'toggle' | 'press' | 'release' | 'cancel' | 'pause' | 'unpause'): Promise<void> {
  const { stage } = await withDaemon((daemon) => daemon.request(method, {}));
  print(stage);
}

export const toggle = (): Promise<void> => key('toggle');
export const press = (): Promise<void> => key('press');
export const release = (): Promise<void> => key('release');
export const cancel = (): Promise<void> => key('cancel');
export const pause = (): Promise<void> => key('pause');
export const unpause = (): Promise<void> => key('unpause');

export async function interrupt(): Promise<void> {
  const { interrupted } = await withDaemon((daemon) => daemon.request('interrupt', {}));
  print(interrupted ? 'interrupted' : 'Codex was not working');
}
