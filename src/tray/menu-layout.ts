import { Variant } from '@jellybrick/dbus-next';
import type { Action } from '../actions.ts';
import type { TrayEntry } from './tray.ts';

/** Properties of an entry as com.canonical.dbusmenu names them. */
type Properties = Record<string, Variant>;

/** An entry as GetLayout returns it: `(ia{sv}av)`. */
type Layout = [id: number, properties: Properties, children: Variant<Layout>[]];

/** The signature of a layout, and of an entry's properties. */
export const LAYOUT = '(ia{sv}av)';

interface Node {
  id: number;
  properties: Properties;
  children: readonly Node[];
}

/** Number of ids to keep of entries that are not shown any more, because a menu with them may still be open. */
const REMEMBERED = 500;

/**
 * A menu with the numbers by which hosts speak of its entries. An entry keeps its number as long as its words and what
 * it does are the same, and no number is ever given to another: a click on what is out of date means what it said.
 */
export class MenuLayout {
  readonly #ids = new Map<string, number>();
  readonly #actions = new Map<number, Action>();
  /** The revision in which an entry came. */
  readonly #since = new Map<number, number>();
  readonly #nodes = new Map<number, Node>();
  #lastId = 0;
  #revision = 1;
  #root: Node = { id: 0, properties: {}, children: [] };

  /** Grows with every change. */
  get revision(): number {
    return this.#revision;
  }

  /** True when something has changed. */
  set(entries: readonly TrayEntry[]): boolean {
    const before = JSON.stringify(this.#root);
    this.#nodes.clear();
    const properties = { 'children-display': new Variant('s', 'submenu') };
    this.#root = this.#keep({ id: 0, properties, children: this.#children(entries, '') });
    this.#forget();
    if (JSON.stringify(this.#root) === before) return false;
    this.#revision += 1;
    return true;
  }

  /** Returns the action of an entry; null: it cannot be clicked. */
  actionOf(id: number): Action | null {
    return this.#actions.get(id) ?? null;
  }

  /** The revision in which the entry came for the first time. */
  sinceOf(id: number): number {
    return this.#since.get(id) ?? Number.POSITIVE_INFINITY;
  }

  /** @param depth how many levels below it; -1: all. @param names only these properties; none: all. Null: no such entry */
  layout(id: number, depth: number, names: readonly string[]): Layout | null {
    const node = this.#nodes.get(id);
    return node ? layoutOf(node, depth, names) : null;
  }

  /** The properties of these entries, or of all; numbers that are not known are left out. */
  properties(ids: readonly number[], names: readonly string[]): [id: number, Properties][] {
    const wanted = ids.length > 0 ? ids : [...this.#nodes.keys()];
    return wanted.flatMap((id) => {
      const node = this.#nodes.get(id);
      return node ? [[id, only(node.properties, names)] as [number, Properties]] : [];
    });
  }

  #children(entries: readonly TrayEntry[], path: string): Node[] {
    const alike = new Map<string, number>();
    return entries.map((entry, index) => {
      const action = 'action' in entry ? JSON.stringify(entry.action) : '';
      const words = `${path}/${'label' in entry ? entry.label : index}\n${action}`;
      const before = alike.get(words) ?? 0;
      alike.set(words, before + 1);
      const name = `${words}\n${before}`;
      const id = this.#idOf(name);
      if ('action' in entry) this.#actions.set(id, entry.action);
      const children = entry.type === 'submenu' ? this.#children(entry.entries, name) : [];
      return this.#keep({ id, properties: propertiesOf(entry), children });
    });
  }

  #keep(node: Node): Node {
    this.#nodes.set(node.id, node);
    return node;
  }

  #idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#lastId += 1;
    this.#ids.set(name, this.#lastId);
    // A new entry makes a new revision.
    this.#since.set(this.#lastId, this.#revision + 1);
    return this.#lastId;
  }

  #forget(): void {
    for (const [name, id] of this.#ids) {
      if (this.#ids.size <= REMEMBERED) return;
      if (this.#nodes.has(id)) continue;
      this.#ids.delete(name);
      this.#actions.delete(id);
      this.#since.delete(id);
    }
  }
}

function propertiesOf(entry: TrayEntry): Properties {
  if (entry.type === 'separator') return { type: new Variant('s', 'separator') };
  // An underscore marks the key that chooses an entry; two are one.
  const label = new Variant('s', entry.label.replaceAll('_', '__'));
  switch (entry.type) {
    case 'text':
      return { label, enabled: new Variant('b', false) };
    case 'item':
      return { label };
    case 'choice': {
      const state = new Variant('i', entry.chosen ? 1 : 0);
      return { label, 'toggle-type': new Variant('s', 'radio'), 'toggle-state': state };
    }
    case 'submenu':
      return { label, 'children-display': new Variant('s', 'submenu') };
  }
}

function layoutOf({ id, properties, children }: Node, depth: number, names: readonly string[]): Layout {
  const below = depth === 0 ? [] : children;
  return [
    id,
    only(properties, names),
    below.map((child) => new Variant(LAYOUT, layoutOf(child, depth - 1, names))),
  ];
}

function only(properties: Properties, names: readonly string[]): Properties {
  if (names.length === 0) return properties;
  return Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));
}
