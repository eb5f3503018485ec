import { once } from 'node:events';
import type { Logger } from 'pino';
import type { XEvent } from 'x11';
import { XConnection } from '../x11/connection.ts';

/** Predefined atoms of the X protocol. */
const ATOM = 4;
const INTEGER = 19;
const STRING = 31;

/** Bits of an event mask, modes of a property, and its states, as the X protocol numbers them. */
const PROPERTY_CHANGE = 0x0040_0000;
const REPLACE = 0;
const APPEND = 2;
const DELETED = 1;

/** A longer text goes in pieces of this size, bytes: a request has at most 256 kB. */
const PIECE = 65_536;

const NAMES = [
  'CLIPBOARD',
  'TARGETS',
  'TIMESTAMP',
  'INCR',
  'UTF8_STRING',
  'text/plain;charset=utf-8',
] as const;
type AtomName = (typeof NAMES)[number];
type Atoms = Readonly<Record<AtomName, number>>;

/** A program that asks for the selection. */
interface Question {
  requestor: number;
  target: number;
  property: number;
  time: number;
}

/** Ownership of the X selection CLIPBOARD with a text: ICCCM 2. The target MULTIPLE is not served. */
export class Selection {
  readonly #connection: XConnection;
  readonly #atoms: Atoms;
  readonly #window: number;
  readonly #text: string;
  /** The rest of each text that is sent in pieces, by window and property. */
  readonly #pieces = new Map<string, { rest: Buffer; target: number }>();
  #since = 0;

  private constructor(connection: XConnection, atoms: Atoms, text: string) {
    this.#connection = connection;
    this.#atoms = atoms;
    this.#text = text;
    this.#window = connection.client.AllocID();
  }

  /**
   * Takes the selection, and serves it until another program takes it, the X server ends, or `signal` is aborted.
   * @throws VoiceError hotkey-unavailable, display-lost; Error when another program took it at once
   */
  static async own(text: string, env: NodeJS.ProcessEnv, logger: Logger, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const connection = await XConnection.open(env, logger, signal);
    try {
      signal.throwIfAborted();
      const intern = async (name: AtomName) => [name, await connection.atom(name, { create: true })] as const;
      const atoms = Object.fromEntries(await Promise.all(NAMES.map(intern))) as Atoms;
      await new Selection(connection, atoms, text).#take();
      signal.addEventListener('abort', () => connection.close(), { once: true });
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async #take(): Promise<void> {
    const { client, display } = this.#connection;
    const { CLIPBOARD, TIMESTAMP } = this.#atoms;
    const root = display.screen[0]?.root ?? 0;
    client.CreateWindow(this.#window, root, 0, 0, 1, 1, 0, 0, 0, 0, { eventMask: PROPERTY_CHANGE });
    // ICCCM: the time of an event, never "now". A property that changes makes one.
    const changed = once(client, 'event') as Promise<[XEvent]>;
    client.ChangeProperty(APPEND, this.#window, TIMESTAMP, STRING, 8, Buffer.alloc(0));
    await this.#connection.barrier();
    const [{ time = 0 }] = await changed;
    this.#since = time;
    this.#connection.onEvent((event) => this.#learn(event));
    client.SetSelectionOwner(this.#window, CLIPBOARD, time);
    const owner = await this.#connection.ask<number>((done) => client.GetSelectionOwner(CLIPBOARD, done));
    if (owner !== this.#window) throw new Error('another program took the clipboard at once');
  }

  #learn({
    name,
    requestor = 0,
    target = 0,
    property = 0,
    time = 0,
    wid = 0,
    atom = 0,
    state,
  }: XEvent): void {
    if (name === 'SelectionClear') this.#connection.close();
    // An obsolete program leaves the choice of the property to the owner.
    else if (name === 'SelectionRequest')
      this.#answer({ requestor, target, property: property || target, time });
    else if (name === 'PropertyNotify' && state === DELETED) this.#goOn(wid, atom);
  }

  #answer(question: Question): void {
    const { client } = this.#connection;
    const { requestor, target, time } = question;
    const property = this.#put(question) ? question.property : 0;
    const selection = this.#atoms.CLIPBOARD;
    client.SendEvent(requestor, 0, 0, {
      name: 'SelectionNotify',
      seq: 0,
      time,
      requestor,
      selection,
      target,
      property,
    });
  }

  /** Puts what is asked for into the property. @returns false when there is nothing of this kind */
  #put({ requestor, target, property }: Question): boolean {
    const { client } = this.#connection;
    const { TARGETS, TIMESTAMP, INCR } = this.#atoms;
    const text = this.#targets();
    const put = (type: number, format: 8 | 32, data: Buffer | number[]): boolean => {
      client.ChangeProperty(REPLACE, requestor, property, type, format, data);
      return true;
    };
    if (target === TARGETS) return put(ATOM, 32, [TARGETS, TIMESTAMP, ...text.keys()]);
    if (target === TIMESTAMP) return put(INTEGER, 32, [this.#since]);
    const encoding = text.get(target);
    if (encoding === undefined) return false;
    const bytes = Buffer.from(this.#text, encoding);
    if (bytes.length <= PIECE) return put(target, 8, bytes);
    client.ChangeWindowAttributes(requestor, { eventMask: PROPERTY_CHANGE }, () => true);
    this.#pieces.set(`${requestor} ${property}`, { rest: bytes, target });
    return put(INCR, 32, [bytes.length]);
  }

  /** Sends the next piece, as the program has taken the one before; an empty one is the end. */
  #goOn(window: number, property: number): void {
    const key = `${window} ${property}`;
    const pieces = this.#pieces.get(key);
    if (pieces === undefined) return;
    const piece = pieces.rest.subarray(0, PIECE);
    pieces.rest = pieces.rest.subarray(PIECE);
    if (piece.length === 0) this.#pieces.delete(key);
    this.#connection.client.ChangeProperty(REPLACE, window, property, pieces.target, 8, piece);
  }

  /** Encodings of the text by their targets. STRING has the characters of Latin-1 only. */
  #targets(): ReadonlyMap<number, 'utf8' | 'latin1'> {
    const { UTF8_STRING, 'text/plain;charset=utf-8': plain } = this.#atoms;
    const targets = new Map<number, 'utf8' | 'latin1'>([
      [UTF8_STRING, 'utf8'],
      [plain, 'utf8'],
    ]);
    if (/^[\t\n\x20-\x7e\xa0-\xff]*$/.test(this.#text)) targets.set(STRING, 'latin1');
    return targets;
  }
}
