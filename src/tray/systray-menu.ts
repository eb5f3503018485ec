import type { Action } from '../actions.ts';
import type { TrayEntry } from './tray.ts';

/** An entry as systray2's program takes it. */
export interface WireItem {
  __id: number;
  title: string;
  tooltip: string;
  enabled: boolean;
  checked: boolean;
  hidden: boolean;
  items: WireItem[];
}

/** A place in the menu, with what is shown there. */
interface Slot {
  kind: 'separator' | 'entry' | 'submenu';
  item: WireItem;
  action: Action | null;
  children: Slot[];
}

/**
 * The menu of systray2's program (2.1.4), which cannot move or remove entries, but only rename, check and hide them. So
 * entries are fitted into the existing places.
 */
export class SystrayMenu {
  readonly #slots: Slot[];
  readonly #byId = new Map<number, Slot>();

  constructor(entries: readonly TrayEntry[]) {
    this.#slots = this.#made(entries);
  }

  /** All entries, for the first message. It ignores `hidden` with submenus, so none is hidden. */
  get items(): WireItem[] {
    return this.#slots.map(({ item }) => item);
  }

  actionOf(id: number): Action | null {
    const slot = this.#byId.get(id);
    return slot && !slot.item.hidden ? slot.action : null;
  }

  /** The entries that are different now; null: they do not fit, and nothing was changed. */
  change(entries: readonly TrayEntry[]): WireItem[] | null {
    const fitted = placed(this.#slots, entries);
    if (fitted === null) return null;
    const changed: WireItem[] = [];
    for (const [slot, entry] of fitted) {
      const before = JSON.stringify(slot.item);
      slot.action = entry && 'action' in entry ? entry.action : null;
      if (entry) Object.assign(slot.item, shownAs(entry), { hidden: false });
      else slot.item.hidden = true;
      // With its entries below it would show those that are hidden.
      if (JSON.stringify(slot.item) !== before) changed.push({ ...slot.item, items: [] });
    }
    return changed;
  }

  #made(entries: readonly TrayEntry[]): Slot[] {
    return entries.map((entry) => {
      const children = entry.type === 'submenu' ? this.#made(entry.entries) : [];
      const id = this.#byId.size + 1;
      const slot: Slot = {
        kind: kindOf(entry),
        item: { __id: id, ...shownAs(entry), hidden: false, items: children.map(({ item }) => item) },
        action: 'action' in entry ? entry.action : null,
        children,
      };
      this.#byId.set(id, slot);
      return slot;
    });
  }
}

/** Each slot with its entry, those below it included; null for one that is hidden. Null: there are too few slots. */
function placed(slots: readonly Slot[], entries: readonly TrayEntry[]): [Slot, TrayEntry | null][] | null {
  const fitted: [Slot, TrayEntry | null][] = [];
  let next = 0;
  for (const slot of slots) {
    const entry = entries[next];
    const below =
      entry && kindOf(entry) === slot.kind
        ? placed(slot.children, entry.type === 'submenu' ? entry.entries : [])
        : null;
    if (entry && below) {
      fitted.push([slot, entry], ...below);
      next += 1;
    } else if (slot.kind === 'separator') return null;
    else fitted.push([slot, null]);
  }
  return next === entries.length ? fitted : null;
}

function kindOf(entry: TrayEntry): Slot['kind'] {
  return entry.type === 'separator' || entry.type === 'submenu' ? entry.type : 'entry';
}

function shownAs(entry: TrayEntry): Pick<WireItem, 'title' | 'tooltip' | 'enabled' | 'checked'> {
  return {
    title: entry.type === 'separator' ? '<SEPARATOR>' : entry.label,
    tooltip: '',
    enabled: entry.type !== 'text',
    checked: entry.type === 'choice' && entry.chosen,
  };
}
