import { setTimeout as delay } from 'node:timers/promises';
import { type ControlClient, connectControl } from '../control/client.ts';
import { frameOf, textSize } from '../editor/frame.ts';
import { ESCAPE_MS, KeyReader } from '../editor/keys.ts';
import { type Decision, LineEditor } from '../editor/line-editor.ts';
import { reportOf } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { displayText } from '../text/clean.ts';

/** A separate screen with bracketed paste and a title of the window; then back to the user's screen. */
const ENTER = '\x1b[?1049h\x1b[?2004h\x1b[22;2t\x1b[2J';
const LEAVE = '\x1b[?2004l\x1b[23;2t\x1b[0m\x1b[?25h\x1b[?1049l';

/** While the daemon is away it is looked for this often, ms: the next one counts down what is edited here. */
const RETRY_MS = 200;

const texts = {
  daemonGone: 'The daemon has ended. Your text is still here; waiting for the daemon.',
  gone: 'The prompt was sent or cancelled elsewhere. Enter sends this text as a new prompt.',
};

/**
 * Edits a prompt before it is sent, in this terminal; its countdown stops until the user has decided, or
 * this process is gone.
 * @returns what became of it, for display
 * @throws VoiceError daemon-missing, not-found, usage
 */
export async function editReview(id: string | undefined): Promise<string> {
  const link = await Link.open(id);
  const screen = new Screen(link.title, link.prompt);
  link.onTrouble = (message) => screen.say(message);
  try {
    for await (const decision of screen.decisions()) {
      try {
        return await link.do(decision, screen.text);
      } catch (error) {
        const { message, hint } = reportOf(error);
        screen.say(`${message} ${hint}`);
      }
    }
    return 'the countdown continues';
  } finally {
    screen.close();
    link.close();
  }
}

/** The prompt in the daemon, held while this is connected; another daemon after a crash has it too. */
class Link {
  readonly #id: string;
  readonly #project: string;
  readonly title: string;
  readonly prompt: string;
  onTrouble: (message: string | null) => void = () => undefined;
  #client: ControlClient;
  /** It has been sent or cancelled. */
  #gone = false;
  #closed = false;

  static async open(id: string | undefined): Promise<Link> {
    const client = await connect();
    try {
      const { review } = await client.request('review/hold', id === undefined ? {} : { id });
      await client.request('subscribe', { events: ['review'] });
      return new Link(client, review);
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private constructor(client: ControlClient, review: { id: string; project: string; prompt: string }) {
    this.#client = client;
    this.#id = review.id;
    this.#project = review.project;
    this.title = displayText(`${review.project} · before it is sent`);
    this.prompt = review.prompt;
    this.#follow();
  }

  async do(decision: Decision, text: string): Promise<string> {
    if (decision === 'leave') return 'the countdown continues';
    if (this.#gone) {
      if (decision === 'cancel') return 'not sent';
      await this.#client.request('ask', { text, wait: false, project: this.#project });
      return 'sent';
    }
    if (decision === 'cancel') {
      await this.#client.request('review/cancel', { id: this.#id });
      return 'not sent; it is in codex-voice history';
    }
    await this.#client.request('review/edit', { id: this.#id, text });
    return 'sent';
  }

  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  #follow(): void {
    const client = this.#client;
    client.onEvent(({ event, payload }) => {
      if (event === 'review' && !payload.reviews.some(({ id }) => id === this.#id)) this.#isGone();
    });
    void client.closed.then(() => this.#again());
  }

  #isGone(): void {
    if (this.#closed || this.#gone) return;
    this.#gone = true;
    this.onTrouble(texts.gone);
  }

  async #again(): Promise<void> {
    if (this.#closed) return;
    this.onTrouble(texts.daemonGone);
    while (!this.#closed) {
      await delay(RETRY_MS);
      const client = await connect().catch(() => null);
      if (client === null) continue;
      this.#client = client;
      try {
        if (!this.#gone) await client.request('review/hold', { id: this.#id });
        await client.request('subscribe', { events: ['review'] });
        this.onTrouble(this.#gone ? texts.gone : null);
      } catch (error) {
        if (reportOf(error).code !== 'not-found') {
          client.close();
          continue;
        }
        this.#isGone();
      }
      this.#follow();
      return;
    }
  }
}

function connect(): Promise<ControlClient> {
  return connectControl({ path: pathsOf().controlSocket, client: 'codex-voice review' });
}

/** The terminal: keys in, frames out. */
class Screen {
  readonly #title: string;
  readonly #editor: LineEditor;
  readonly #keys = new KeyReader();
  readonly #decided: Decision[] = [];
  #wake: () => void = () => undefined;
  #message: string | null = null;
  #escape: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(title: string, text: string) {
    this.#title = title;
    this.#editor = new LineEditor(text);
    const { stdin, stdout } = process;
    stdin.setRawMode(true).setEncoding('utf8').on('data', this.#onData).on('end', this.#onEnd).resume();
    stdout.on('resize', this.#onResize);
    process.on('SIGCONT', this.#onContinued);
    stdout.write(`${ENTER}\x1b]2;${title}\x07`);
    this.#onResize();
  }

  get text(): string {
    return this.#editor.text;
  }

  /** Ends with the terminal. */
  async *decisions(): AsyncGenerator<Decision, void, undefined> {
    while (!this.#ended) {
      const decision = this.#decided.shift();
      if (decision) yield decision;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  /** Shows a sentence below the text until the next key; null: it is over. */
  say(message: string | null): void {
    this.#message = message;
    this.#paint();
  }

  close(): void {
    clearTimeout(this.#escape);
    const { stdin, stdout } = process;
    process.off('SIGCONT', this.#onContinued);
    stdout.off('resize', this.#onResize);
    stdin.off('data', this.#onData).off('end', this.#onEnd).setRawMode(false).pause();
    stdout.write(LEAVE);
  }

  readonly #onData = (data: string): void => {
    clearTimeout(this.#escape);
    this.#take(this.#keys.read(data));
    if (this.#keys.pending) this.#escape = setTimeout(() => this.#take(this.#keys.flush()), ESCAPE_MS);
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake();
  };

  readonly #onResize = (): void => {
    const { columns, rows } = process.stdout;
    this.#editor.resize(textSize({ columns, rows }));
    this.#paint();
  };

  /** A stopped terminal comes back with its own mode and somebody else's screen. */
  readonly #onContinued = (): void => {
    process.stdin.setRawMode(true);
    process.stdout.write(ENTER);
    this.#paint();
  };

  #take(inputs: ReturnType<KeyReader['read']>): void {
    if (inputs.length === 0) return;
    this.#message = null;
    for (const input of inputs) {
      const decision = this.#editor.take(input);
      // What was typed after Enter is discarded.
      if (decision) {
        this.#decided.push(decision);
        break;
      }
    }
    this.#paint();
    this.#wake();
  }

  #paint(): void {
    const { columns, rows } = process.stdout;
    const parts = {
      title: this.#title,
      view: this.#editor.view,
      message: this.#message,
      colour: !process.env.NO_COLOR,
    };
    process.stdout.write(frameOf(parts, { columns, rows }));
  }
}
