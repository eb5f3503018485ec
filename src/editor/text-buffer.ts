const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Steps that can be taken back. */
const MOST_UNDO = 200;

interface Step {
  text: string;
  at: number;
}

/**
 * A text and a cursor between two of its characters, as a person counts characters (grapheme clusters). Positions
 * are UTF-16 offsets.
 */
export class TextBuffer {
  #text: string;
  #at: number;
  #undo: Step[] = [];
  /** What the last change was: typing is taken back word by word, not letter by letter. */
  #typing = false;
  #killed = '';

  constructor(text: string) {
    this.#text = text;
    this.#at = text.length;
  }

  get text(): string {
    return this.#text;
  }

  get at(): number {
    return this.#at;
  }

  /** Puts the cursor to the nearest place between two characters. */
  moveTo(at: number): void {
    const start = this.#lineStart(at);
    const line = this.#text.slice(start, this.#lineEnd(at));
    const inLine = Math.min(Math.max(0, at - start), line.length);
    const character = GRAPHEMES.segment(line).containing(inLine);
    this.#at = start + (character ? character.index : inLine);
    this.#typing = false;
  }

  insert(text: string): void {
    const typed = [...text].length === 1;
    this.#step(typed && !/\s/u.test(text));
    this.#replace(this.#at, this.#at, text);
  }

  left(): void {
    this.moveTo(this.#before());
  }

  right(): void {
    this.moveTo(this.#after());
  }

  wordLeft(): void {
    this.moveTo(this.#wordBefore());
  }

  wordRight(): void {
    this.moveTo(this.#wordAfter());
  }

  textStart(): void {
    this.moveTo(0);
  }

  textEnd(): void {
    this.moveTo(this.#text.length);
  }

  backspace(): void {
    this.#remove(this.#before(), this.#at);
  }

  delete(): void {
    this.#remove(this.#at, this.#after());
  }

  killWordLeft(): void {
    this.#kill(this.#wordBefore(), this.#at);
  }

  killWordRight(): void {
    this.#kill(this.#at, this.#wordAfter());
  }

  /** To the start of the line; at the start of one, the line break before it. */
  killToStart(): void {
    const start = this.#lineStart(this.#at);
    this.#kill(start === this.#at ? this.#before() : start, this.#at);
  }

  killToEnd(): void {
    const end = this.#lineEnd(this.#at);
    this.#kill(this.#at, end === this.#at ? this.#after() : end);
  }

  /** Puts back what was killed last. */
  yank(): void {
    if (this.#killed !== '') this.insert(this.#killed);
  }

  undo(): void {
    const step = this.#undo.pop();
    this.#typing = false;
    if (!step) return;
    this.#text = step.text;
    this.#at = step.at;
  }

  #kill(from: number, to: number): void {
    if (from < to) this.#killed = this.#text.slice(from, to);
    this.#remove(from, to);
  }

  #remove(from: number, to: number): void {
    if (from >= to) return;
    this.#step(false);
    this.#replace(from, to, '');
  }

  #replace(from: number, to: number, text: string): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(to);
    this.#at = from + text.length;
  }

  #step(typing: boolean): void {
    if (!(typing && this.#typing))
      this.#undo = [...this.#undo, { text: this.#text, at: this.#at }].slice(-MOST_UNDO);
    this.#typing = typing;
  }

  #before(): number {
    const start = this.#lineStart(this.#at);
    if (start === this.#at) return Math.max(0, this.#at - 1);
    const last = GRAPHEMES.segment(this.#text.slice(start, this.#at)).containing(this.#at - start - 1);
    return start + (last?.index ?? 0);
  }

  #after(): number {
    const [next] = GRAPHEMES.segment(this.#text.slice(this.#at, this.#lineEnd(this.#at)));
    return Math.min(this.#text.length, this.#at + (next?.segment.length ?? 1));
  }

  /** As readline: what is no letter and no digit, then the word before it. */
  #wordBefore(): number {
    const before = this.#text.slice(0, this.#at);
    return before.length - (/[\p{L}\p{N}\p{M}_]*[^\p{L}\p{N}\p{M}_]*$/u.exec(before)?.[0].length ?? 0);
  }

  #wordAfter(): number {
    const after = this.#text.slice(this.#at);
    return this.#at + (/^[^\p{L}\p{N}\p{M}_]*[\p{L}\p{N}\p{M}_]*/u.exec(after)?.[0].length ?? 0);
  }

  #lineStart(at: number): number {
    return at <= 0 ? 0 : this.#text.lastIndexOf('\n', at - 1) + 1;
  }

  #lineEnd(at: number): number {
    const end = this.#text.indexOf('\n', at);
    return end < 0 ? this.#text.length : end;
  }
}
