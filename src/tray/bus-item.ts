import { readFileSync } from 'node:fs';
import { Message, Variant } from '@jellybrick/dbus-next';
import { assetPath } from '../single-file/assets.ts';
import { MENU_PATH } from './bus-menu.ts';
import { type BusObject, NOTHING } from './bus-object.ts';
import type { TrayIcon, TrayView } from './tray.ts';

const PATH = '/StatusNotifierItem';
const INTERFACE = 'org.kde.StatusNotifierItem';

/** `a(iiay)`: width, height, and the bytes of each pixel as A, R, G, B. */
type Pixmaps = [width: number, height: number, argb: Buffer][];

/** Panels choose among them; the larger one is for screens with many pixels. */
const SIDES = [22, 48];

/** Pixmaps of the icons, each read when it is shown first. */
export class Pixmap {
  readonly #read = new Map<TrayIcon, Pixmaps>();

  of(icon: TrayIcon): Pixmaps {
    const known = this.#read.get(icon);
    if (known) return known;
    const pixmaps = SIDES.map((side): Pixmaps[number] => [
      side,
      side,
      readFileSync(assetPath(`tray/${icon}-${side}.argb`)),
    ]);
    this.#read.set(icon, pixmaps);
    return pixmaps;
  }
}

/** The icon on the bus: org.kde.StatusNotifierItem. */
export function itemObject(
  view: () => TrayView,
  pixmap: Pixmap,
  clicked: (how: 'activate' | 'secondary', sender: string) => void,
): BusObject {
  const on = (how: 'activate' | 'secondary') => (sender: string) => {
    clicked(how, sender);
    return NOTHING;
  };
  return {
    path: PATH,
    interface: INTERFACE,
    properties: () => propertiesOf(view(), pixmap),
    methods: {
      Activate: on('activate'),
      SecondaryActivate: on('secondary'),
      // The host draws the menu itself.
      ContextMenu: () => NOTHING,
      Scroll: () => NOTHING,
    },
    xml: XML,
  };
}

/** Returns the signals for the differences between two views. */
export function itemSignals(before: TrayView, now: TrayView): Message[] {
  const signal = (name: string, signature = '', body: unknown[] = []): Message =>
    Message.newSignal(PATH, INTERFACE, name, signature, body);
  const signals: Message[] = [];
  if (before.icon !== now.icon) {
    signals.push(signal('NewIcon'), signal('NewAttentionIcon'));
    if (statusOf(before) !== statusOf(now)) signals.push(signal('NewStatus', 's', [statusOf(now)]));
  }
  if (JSON.stringify(before.tooltip) !== JSON.stringify(now.tooltip)) signals.push(signal('NewToolTip'));
  return signals;
}

/** Plasma shows an icon that needs attention even where it hides the others. */
function statusOf({ icon }: TrayView): 'Active' | 'NeedsAttention' {
  return icon === 'asks' ? 'NeedsAttention' : 'Active';
}

function propertiesOf(view: TrayView, pixmap: Pixmap): Record<string, Variant> {
  const { icon, tooltip } = view;
  const text = (value: string): Variant => new Variant('s', value);
  const pixmaps = (value: Pixmaps): Variant => new Variant('a(iiay)', value);
  return {
    Category: text('ApplicationStatus'),
    Id: text('codex-voice'),
    Title: text('codex-voice'),
    Status: text(statusOf(view)),
    WindowId: new Variant('i', 0),
    IconName: text(''),
    IconPixmap: pixmaps(pixmap.of(icon)),
    OverlayIconName: text(''),
    OverlayIconPixmap: pixmaps([]),
    AttentionIconName: text(''),
    AttentionIconPixmap: pixmaps(pixmap.of(icon)),
    AttentionMovieName: text(''),
    ToolTip: new Variant('(sa(iiay)ss)', ['', [], tooltip.title, tooltip.text]),
    ItemIsMenu: new Variant('b', false),
    Menu: new Variant('o', MENU_PATH),
    IconThemePath: text(''),
  };
}

const property = (name: string, type: string): string =>
  `<property name="${name}" type="${type}" access="read"/>`;
const method = (name: string, ...types: string[]): string =>
  `<method name="${name}">${types.map((type) => `<arg type="${type}" direction="in"/>`).join('')}</method>`;

const XML = `<interface name="${INTERFACE}">
${['Category', 'Id', 'Title', 'Status', 'IconName', 'OverlayIconName', 'AttentionIconName', 'AttentionMovieName', 'IconThemePath'].map((name) => property(name, 's')).join('')}
${['IconPixmap', 'OverlayIconPixmap', 'AttentionIconPixmap'].map((name) => property(name, 'a(iiay)')).join('')}
${property('WindowId', 'i')}${property('ToolTip', '(sa(iiay)ss)')}${property('ItemIsMenu', 'b')}${property('Menu', 'o')}
${method('Activate', 'i', 'i')}${method('SecondaryActivate', 'i', 'i')}${method('ContextMenu', 'i', 'i')}${method('Scroll', 'i', 's')}
<signal name="NewTitle"/><signal name="NewIcon"/><signal name="NewAttentionIcon"/><signal name="NewOverlayIcon"/>
<signal name="NewToolTip"/><signal name="NewStatus"><arg type="s"/></signal>
</interface>`;
