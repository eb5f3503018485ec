import type { Logger } from 'pino';
import type { Gatekeeper } from '../control/gatekeeper.ts';
import { credentialsReader } from './credentials.ts';
import { Door } from './door.ts';
import type { PeerJudge } from './judge.ts';
import { WindowsDoor, windowsPeers } from './windows-door.ts';

/** Returns what judges the clients of the control server on this system. */
export async function systemGatekeeper(judge: PeerJudge, logger: Logger): Promise<Gatekeeper> {
  if (process.platform === 'win32') return new WindowsDoor({ peers: await windowsPeers(), logger });
  return new Door({ judge, credentials: credentialsReader() });
}
