import type headless from '@xterm/headless';
import type { IBufferCell, IBufferLine } from '@xterm/headless';

/**
 * What @xterm/headless 6.0.0 knows and does not tell: its version is pinned, and a test compares each of these with
 * what was written to the terminal. Where a field is missing the usual state is told.
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

/** A row as it is kept: three numbers a cell; what does not fit into them is beside. */
interface InnerLine {
  _data?: Uint32Array;
  _combined?: Record<number, string>;
  _extendedAttrs?: Record<number, unknown>;
}

/** The cells of a row, and the object that is the row for as long as it lives. */
export interface InnerCells {
  key: object;
  cells: Uint32Array;
}

/** null: they are not all of what the row shows (combined characters, underline styles, links), or not to be had. */
export function innerCellsOf(line: IBufferLine): InnerCells | null {
  const key = (line as unknown as { _line?: InnerLine })._line;
  if (!key?._data) return null;
  for (const _column in key._combined) return null;
  for (const _column in key._extendedAttrs) return null;
  return { key, cells: key._data };
}

export interface HiddenState {
  cursorHidden: boolean;
  /** Parameter of DECSCUSR; 0: the terminal's own. */
  cursorShape: number;
  /** The mouse is reported as SGR (mode 1006). */
  sgrMouse: boolean;
}

/** DECSCUSR, steady; the blinking one is one less. */
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
  /** `underlineStyle` is dashed for every link; `_ext` has the style that was written, in three bits from bit 26 on. */
  extended?: { urlId?: number; _ext?: number };
  /** 0: what `extended` holds is that of another cell which was read with the same object. */
  hasExtendedAttrs?: () => number;
}

function extendedOf(cell: IBufferCell): { urlId?: number; _ext?: number } {
  const { extended, hasExtendedAttrs } = cell as unknown as ExtendedCell;
  return extended && hasExtendedAttrs?.call(cell) ? extended : {};
}

/** SGR of the cell's underline: 4, 4:3 for a curly one; null: it has none but that of its link. */
export function underlineOf(cell: IBufferCell): string | null {
  const { urlId = 0, _ext = 0 } = extendedOf(cell);
  const style = (_ext >>> 26) & 0b111;
  if (style > 1) return `4:${style}`;
  return urlId !== 0 && style === 0 ? null : '4';
}

/** Colour mode and value of the lower bits of `_ext`, as of a cell's foreground. */
const COLOUR_MODE = 0x3000000;
const RGB = 0x3000000;

/** SGR of the underline's own colour (58); none where it has that of the text. */
export function underlineColourOf(cell: IBufferCell): string[] {
  const { _ext = 0 } = extendedOf(cell);
  const mode = _ext & COLOUR_MODE;
  if (mode === 0) return [];
  const value = _ext & 0xffffff;
  if (mode !== RGB) return [`58;5;${value & 0xff}`];
  return [`58;2;${value >> 16};${(value >> 8) & 255};${value & 255}`];
}

/** Where the cell's hyperlink (OSC 8) leads; '' when it is none, or nothing that may be followed. */
export function linkOf(terminal: headless.Terminal, cell: IBufferCell): string {
  const id = extendedOf(cell).urlId ?? 0;
  if (id === 0) return '';
  const uri = (terminal as unknown as Internals)._core?._oscLinkService?.getLinkData?.(id)?.uri ?? '';
  return /^(https?|file|mailto):[\x21-\x7e]*$/.test(uri) ? uri : '';
}
