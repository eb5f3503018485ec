import { VoiceError } from '../errors.ts';

const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/** Encodes a message with its Content-Length header. */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

export interface FrameLimits {
  /** Maximum length of a message, bytes. */
  frame: number;
  /** Maximum length of its headers, bytes. */
  headers: number;
}

/**
 * Splits a stream of bytes into the bodies of its frames. The reader of vscode-jsonrpc 10.0.0 does not limit lengths,
 * keeps garbage in memory, and continues after an unreadable header.
 */
export class FrameDecoder {
  readonly #limits: FrameLimits;
  #header = Buffer.alloc(0);
  #body: Buffer[] = [];
  /** Missing bytes of the body; null: the header is being read. */
  #missing: number | null = null;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /**
   * Returns the bodies that this chunk completes.
   * @throws VoiceError protocol-invalid, protocol-too-large; afterwards the stream cannot be read further
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

  /** Returns the rest after the header, once it is complete. */
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
