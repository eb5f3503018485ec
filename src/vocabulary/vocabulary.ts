/** Where a word comes from; the user's own words count most. */
export type TermKind = 'name' | 'file' | 'user';

/** A word of the project in its exact spelling. */
export interface Term {
  written: string;
  kind: TermKind;
  /** How likely it is spoken of, above 0; the most likely of a project has 1. */
  weight: number;
}

/** "From" is said, "to" is written. */
export interface Replacement {
  from: string;
  to: string;
}

/** The words of a project, the most likely first. */
export interface Vocabulary {
  terms: readonly Term[];
}
