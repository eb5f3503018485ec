import type { Endpoint } from './endpoint.ts';
import { PipeEndpoint } from './pipe.ts';
import { socketEndpoint } from './socket.ts';

/** Returns the kind of endpoint for this system: Node has no Unix sockets on Windows. */
export function systemEndpoint(platform: NodeJS.Platform = process.platform): Endpoint {
  return platform === 'win32' ? new PipeEndpoint() : socketEndpoint;
}
