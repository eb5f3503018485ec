import type { Tokenizer } from './tokenizer.ts';

/** A place in the tree of phrases: what was heard of one so far. */
interface PhraseNode {
  /** The tokens that can follow, and where they lead. */
  readonly next: ReadonlyMap<number, PhraseNode>;
  /** A phrase ends here. */
  readonly complete: boolean;
}

/** Progress of a text within the phrases. */
export interface PhraseState {
  /** The started phrase; the root: none is started. */
  readonly node: PhraseNode;
  /** Tokens that are taken back when the started phrase breaks off. */
  readonly pending: number;
}

class Node implements PhraseNode {
  readonly next = new Map<number, Node>();
  complete = false;
}

/** Phrases that are likely in what is said, as a tree of their tokens. */
export class Phrases {
  /** No phrase is started. */
  readonly start: PhraseState;
  /** The tokens with which a phrase begins. */
  readonly firstTokens: Int32Array;
  readonly #root: PhraseNode;

  /** @param sequences the tokens of each phrase; an empty one is ignored */
  constructor(sequences: Iterable<readonly number[]>) {
    const root = new Node();
    for (const tokens of sequences) {
      let node = root;
      for (const token of tokens) {
        const next = node.next.get(token) ?? new Node();
        node.next.set(token, next);
        node = next;
      }
      if (node !== root) node.complete = true;
    }
    this.#root = root;
    this.start = { node: root, pending: 0 };
    this.firstTokens = Int32Array.from(root.next.keys());
  }

  /** Returns the tree of phrases as they stand within a text: each after a space. */
  static of(phrases: readonly string[], tokenizer: Tokenizer): Phrases {
    return new Phrases(
      phrases.map((phrase) => (phrase.trim() === '' ? [] : tokenizer.encode(` ${phrase.trim()}`))),
    );
  }

  /**
   * Adds a token to a text.
   * @returns the state with it, and by how many tokens the bonus grows; below zero when a phrase breaks off
   */
  advance({ node, pending }: PhraseState, token: number): { state: PhraseState; gained: number } {
    const goesOn = node.next.get(token);
    if (goesOn !== undefined) return { state: this.#at(goesOn, pending + 1), gained: 1 };
    // A token that breaks one phrase off can begin another.
    const begins = node === this.#root ? undefined : this.#root.next.get(token);
    if (begins !== undefined) return { state: this.#at(begins, 1), gained: 1 - pending };
    return { state: this.start, gained: 0 - pending };
  }

  #at(node: PhraseNode, pending: number): PhraseState {
    const kept = node.complete ? 0 : pending;
    return node.next.size === 0 ? this.start : { node, pending: kept };
  }
}
