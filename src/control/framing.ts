import { VoiceError } from '../errors.ts';

const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/** A message with the header that says how long it is, ready to be written. */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

export interface FrameLimits {
  /** Bytes of a message. */
  frame: number;
  /** Bytes of its headers. */
  headers: number;
}

/**
 * Cuts a stream of bytes into the bodies of its frames. vscode-jsonrpc 10.0.0 has a reader of its own, but that
 * one takes any length, keeps garbage without end in memory and goes on after a header it could not read.
 */
export class FrameDecoder {
  readonly #limits: FrameLimits;
  #header = Buffer.alloc(0);
  #body: Buffer[] = [];
  /** Bytes of the body that are still to come; null: the header is being read. */
  #missing: number | null = null;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /**
   * The bodies that this chunk completes.
   * @throws VoiceError protocol-invalid, protocol-too-large: where the next frame begins is unknown from then on
   */
  *push(chunk: Buffer): Generator<Buffer, void, undefined> {
    let rest = chunk;
    while (rest.length > 0 || this.#missing === 0) {
      if (this.#missing === null) rest = this.#readHeader(rest);
      if (this.#missing === null) return;
      const part = rest.subarray(0, this.#missing);
      rest = rest.subarray(part.length);
      this.#body.push(part);
      this.#missing -= part.length;
      if (this.#missing > 0) return;
      const body = Buffer.concat(this.#body);
      this.#body = [];
      this.#missing = null;
      yield body;
    }
  }

  /** Returns what follows the header once it is complete. */
  #readHeader(chunk: Buffer): Buffer {
    const held = Buffer.concat([
      this.#header,
      chunk.subarray(0, this.#limits.headers + END_OF_HEADERS.length),
    ]);
    const end = held.indexOf(END_OF_HEADERS);
    if (end > this.#limits.headers || (end === -1 && held.length > this.#limits.headers)) {
      throw tooLarge(`The headers of a message are longer than ${this.#limits.headers} bytes`);
    }
    if (end === -1) {
      this.#header = held;
      return Buffer.alloc(0);
    }
    const used = end + END_OF_HEADERS.length - this.#header.length;
    this.#header = Buffer.alloc(0);
    this.#missing = this.#contentLength(held.toString('latin1', 0, end));
    return chunk.subarray(used);
  }

  #contentLength(headers: string): number {
    const lengths: string[] = [];
    for (const line of headers.split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon <= 0) throw invalid('A header of a message is not of the form "Name: value"');
      if (line.slice(0, colon).trim().toLowerCase() === 'content-length')
        lengths.push(line.slice(colon + 1).trim());
    }
    const [length, second] = lengths;
    if (length === undefined || second !== undefined)
      throw invalid('A message needs one Content-Length header');
    if (!/^\d+$/.test(length)) throw invalid('The Content-Length of a message is not a number');
    if (Number(length) > this.#limits.frame)
      throw tooLarge(`A message is longer than ${this.#limits.frame} bytes`);
    return Number(length);
  }
}

function invalid(what: string): VoiceError {
  return new VoiceError('protocol-invalid', `${what}.`, 'Send JSON-RPC 2.0 with Content-Length framing.');
}

function tooLarge(what: string): VoiceError {
  return new VoiceError('protocol-too-large', `${what}.`, 'Send less at once. Send long texts as files.');
}
