import { systemEndpoint } from '../control/system-endpoint.ts';
import { type CheckContext, type Finding, ok } from './check.ts';
import { nearestFolder, proveWritable } from './folders.ts';

/** The folder of the control socket can be written, is private, and its path is short enough for a socket. */
export async function checkRuntime({ paths: { runtime, controlSocket } }: CheckContext): Promise<Finding> {
  systemEndpoint().check(controlSocket);
  const folder = nearestFolder(runtime);
  proveWritable(folder);
  if (folder !== runtime) return ok(`${runtime} is created at the first start`);
  return ok(`${runtime}: private`);
}
