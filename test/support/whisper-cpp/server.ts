import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { ggmlModel } from '../ggml-model.ts';
import { startProcess, type TestProcess, waitFor } from '../process.ts';
import { whisperPrograms } from './programs.ts';

/** whisper.cpp's own server with the ggml model of the tests, at an address like OpenAI's. */
export interface WhisperServer extends AsyncDisposable {
  /** As far as `/v1`. */
  readonly url: string;
  readonly port: number;
  readonly process: TestProcess;
}

/**
 * Starts it; resolves when the model is loaded.
 * @param more options of its command line
 * @param onPort of 127.0.0.1; by default a free one
 */
export async function startWhisperServer(
  more: readonly string[] = [],
  onPort?: number,
): Promise<WhisperServer> {
  const folder = await whisperPrograms();
  const port = onPort ?? (await freePort());
  const args = ['--host', '127.0.0.1', '--port', String(port)];
  args.push('--inference-path', '/v1/audio/transcriptions');
  args.push('--model', ggmlModel.path);
  const server = await startProcess(join(folder, 'whisper-server'), [...args, ...more]);
  const health = `http://127.0.0.1:${port}/health`;
  await waitFor('whisper-server', async () => {
    if (!server.running) throw new Error(`whisper-server ended: ${server.stderr()}`);
    return fetch(health).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  const stop = () => server.stop();
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    process: server,
    [Symbol.asyncDispose]: stop,
  };
}

/** The server takes no 0 for a port (1.9.1). */
async function freePort(): Promise<number> {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => taken.close(resolve));
  return port;
}
