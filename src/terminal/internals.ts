import type headless from '@xterm/headless';
import type { IBufferCell, IBufferLine } from '@xterm/headless';

/**
 * Private state of @xterm/headless 6.0.0, which has no public access. Its version is pinned, and a test compares each
 * field with what was written to the terminal. A missing field counts as the usual state.
 */
interface Internals {
  _core?: {
    coreService?: {
      isCursorHidden?: boolean;
      decPrivateModes?: { cursorStyle?: string | undefined; cursorBlink?: boolean | undefined };
    };
    coreMouseService?: { activeEncoding?: string };
    _oscLinkService?: { getLinkData?: (id: number) => { uri: string } | undefined };
  };
}

/** A stored row: three numbers a cell; what does not fit is stored beside them. */
interface InnerLine {
  _data?: Uint32Array;
  _combined?: Record<number, string>;
  _extendedAttrs?: Record<number, unknown>;
}

/** The cells of a row, and an object that identifies the row as long as it exists. */
interface InnerCells {
  key: object;
  cells: Uint32Array;
}

/**
 * Returns null when the cells do not describe the row completely (combined characters, underline styles, links), or are
 * not accessible.
 */
export function innerCellsOf(line: IBufferLine): InnerCells | null {
  const key = (line as unknown as { _line?: InnerLine })._line;
  if (!key?._data) return null;
  for (const _column in key._combined) return null;
  for (const _column in key._extendedAttrs) return null;
  return { key, cells: key._data };
}

interface HiddenState {
  cursorHidden: boolean;
  /** Parameter of DECSCUSR; 0: the terminal's default. */
  cursorShape: number;
  /** The mouse is reported as SGR (mode 1006). */
  sgrMouse: boolean;
}

/** DECSCUSR values of steady cursors; a blinking one is one less. */
const STEADY: Readonly<Record<string, number>> = { block: 2, underline: 4, bar: 6 };

export function hiddenStateOf(terminal: headless.Terminal): HiddenState {
  const core = (terminal as unknown as Internals)._core;
  const { cursorStyle, cursorBlink } = core?.coreService?.decPrivateModes ?? {};
  const steady = STEADY[cursorStyle ?? ''];
  return {
    cursorHidden: core?.coreService?.isCursorHidden ?? false,
    cursorShape: steady === undefined ? 0 : steady - (cursorBlink ? 1 : 0),
    sgrMouse: core?.coreMouseService?.activeEncoding === 'SGR',
  };
}

interface ExtendedCell {
  /** `underlineStyle` is dashed for every link; `_ext` has the written style in three bits, from bit 26 on. */
  extended?: { urlId?: number; _ext?: number };
  /** 0: `extended` belongs to another cell that was read with the same object. */
  hasExtendedAttrs?: () => number;
}

function extendedOf(cell: IBufferCell): { urlId?: number; _ext?: number } {
  const { extended, hasExtendedAttrs } = cell as unknown as ExtendedCell;
  return extended && hasExtendedAttrs?.call(cell) ? extended : {};
}

/** SGR of the cell's underline: 4, or 4:3 for a curly one; null: it has none except its link's. */
export function underlineOf(cell: IBufferCell): string | null {
  const { urlId = 0, _ext = 0 } = extendedOf(cell);
  const style = (_ext >>> 26) & 0b111;
  if (style > 1) return `4:${style}`;
  return urlId !== 0 && style === 0 ? null : '4';
}

/** Colour mode and value in the lower bits of `_ext`, as in a cell's foreground. */
const COLOUR_MODE = 0x3000000;
const RGB = 0x3000000;

/** SGR of the underline colour (58); empty when it is the text colour. */
export function underlineColourOf(cell: IBufferCell): string[] {
  const { _ext = 0 } = extendedOf(cell);
  const mode = _ext & COLOUR_MODE;
  if (mode === 0) return [];
  const value = _ext & 0xffffff;
  if (mode !== RGB) return [`58;5;${value & 0xff}`];
  return [`58;2;${value >> 16};${(value >> 8) & 255};${value & 255}`];
}

/** Returns the target of the cell's hyperlink (OSC 8); '' when there is none, or it must not be opened. */
export function linkOf(terminal: headless.Terminal, cell: IBufferCell): string {
  const id = extendedOf(cell).urlId ?? 0;
  if (id === 0) return '';
  const uri = (terminal as unknown as Internals)._core?._oscLinkService?.getLinkData?.(id)?.uri ?? '';
  return /^(https?|file|mailto):[\x21-\x7e]*$/.test(uri) ? uri : '';
}
