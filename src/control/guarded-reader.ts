import type { Socket } from 'node:net';
import {
  AbstractMessageReader,
  type DataCallback,
  Disposable,
  type Message,
  type ResponseError,
} from 'vscode-jsonrpc/node';
import { z } from 'zod';
import type { ErrorReport } from '../errors.ts';
import { FrameDecoder, type FrameLimits } from './framing.ts';
import { framingError, protocolError } from './rpc-error.ts';

const ID = z.union([z.string().max(128), z.number()]);
/**
 * Allowed messages: requests and notifications, but no batches and no responses, because the daemon sends no requests.
 */
const MESSAGE = z.object({
  jsonrpc: z.literal('2.0'),
  id: ID.optional(),
  method: z.string().min(1).max(100),
  params: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
});
/** vscode-jsonrpc 10.0.0 reads `params.id` of this notification without checking it. */
const CANCEL = z.object({ method: z.literal('$/cancelRequest'), params: z.object({ id: ID }) });

export interface Rejection {
  error: ResponseError<ErrorReport>;
  /** The id of the message, if it was readable. */
  id: string | number | null;
  /** True: the framing is lost, and no further message can be read. */
  fatal: boolean;
}

/** Passes only complete, valid messages on to vscode-jsonrpc, and reports others to `reject`. */
export class GuardedReader extends AbstractMessageReader {
  readonly #socket: Socket;
  readonly #decoder: FrameDecoder;
  readonly #reject: (rejection: Rejection) => void;

  constructor(socket: Socket, limits: FrameLimits, reject: (rejection: Rejection) => void) {
    super();
    this.#socket = socket;
    this.#decoder = new FrameDecoder(limits);
    this.#reject = reject;
  }

  override listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer): void => {
      try {
        for (const body of this.#decoder.push(chunk)) this.#read(body, callback);
      } catch (error) {
        this.#socket.off('data', onData);
        this.#socket.resume();
        this.#reject({ error: framingError(error), id: null, fatal: true });
      }
    };
    this.#socket.on('data', onData);
    return Disposable.create(() => this.#socket.off('data', onData));
  }

  #read(body: Buffer, callback: DataCallback): void {
    const value = parsed(body);
    if (value === undefined) {
      this.#reject({ error: protocolError('ParseError', 'A message is not JSON.'), id: null, fatal: false });
      return;
    }
    const message = MESSAGE.safeParse(value);
    const isCancel = message.success && message.data.method === '$/cancelRequest';
    if (!message.success || (isCancel && !CANCEL.safeParse(value).success)) {
      const error = protocolError(
        'InvalidRequest',
        'A message is not a JSON-RPC 2.0 request or notification.',
      );
      this.#reject({ error, id: idOf(value), fatal: false });
      return;
    }
    callback(value as Message);
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined; // The caller reports it. `undefined` is never valid JSON.
  }
}

function idOf(value: unknown): string | number | null {
  const result = z.object({ id: ID }).safeParse(value);
  return result.success ? result.data.id : null;
}
