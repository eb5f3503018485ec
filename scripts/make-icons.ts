/**
 * Makes the icons of the tray in assets/tray: `node scripts/make-icons.ts`. Each state has a colour and a shape, on a
 * tile that stands out on dark and light panels. `*-22.argb` and `*-48.argb`
 * are the pixmaps of a StatusNotifierItem (bytes A, R, G, B); `*.png` is for macOS, `*.ico` for Windows.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { TRAY_ICONS, type TrayIcon } from '../src/tray/tray.ts';
import { draw, type Layer } from './icons/draw.ts';
import { argb, ico, png } from './icons/formats.ts';
import { arc, capsule, disc, minus, roundedBox, triangle, union } from './icons/shapes.ts';

const WHITE = '#ffffff';
const TILE = roundedBox(0.5, 0.5, 0.48, 0.48, 0.22);
/** Width of every line, in parts of the icon's width: two pixels at 22. */
const LINE = 0.045;

/** A microphone: capsule, cradle, stem and foot. */
const MICROPHONE = union(
  capsule(0.5, 0.28, 0.5, 0.45, 0.125),
  arc(0.5, 0.44, 0.235, LINE, 0, 180),
  capsule(0.5, 0.69, 0.5, 0.8, LINE),
  capsule(0.38, 0.82, 0.62, 0.82, LINE),
);
const WAVES = union(arc(0.5, 0.4, 0.395, LINE, -28, 28), arc(0.5, 0.4, 0.395, LINE, 152, 208));
const SLASH = capsule(0.2, 0.2, 0.8, 0.8, LINE);
const GAP = capsule(0.2, 0.2, 0.8, 0.8, 0.115);
const DOTS = union(disc(0.24, 0.5, 0.095), disc(0.5, 0.5, 0.095), disc(0.76, 0.5, 0.095));
const QUESTION = union(
  arc(0.5, 0.36, 0.165, 0.058, 180, 405),
  capsule(0.617, 0.477, 0.5, 0.59, 0.058),
  disc(0.5, 0.78, 0.075),
);
const WARNING = triangle(0.5, 0.1, 0.9, 0.87, 0.1, 0.87, 0.09);
const EXCLAMATION = union(capsule(0.5, 0.38, 0.5, 0.58, 0.058), disc(0.5, 0.76, 0.07));

const ICONS: Record<TrayIcon, readonly Layer[]> = {
  idle: tile('#566176', MICROPHONE),
  listening: tile('#e0353b', union(MICROPHONE, WAVES)),
  working: tile('#2f74e0', DOTS),
  asks: tile('#8447d6', QUESTION),
  error: [
    { shape: WARNING, colour: '#f5b301' },
    { shape: EXCLAMATION, colour: '#33260a' },
  ],
  paused: tile('#98a1b0', union(minus(MICROPHONE, GAP), SLASH)),
};

function tile(colour: string, glyph: Layer['shape']): Layer[] {
  return [
    { shape: TILE, colour },
    { shape: glyph, colour: WHITE },
  ];
}

const folder = fileURLToPath(new URL('../assets/tray/', import.meta.url));
await mkdir(folder, { recursive: true });
for (const name of TRAY_ICONS) {
  const at = (side: number) => draw(ICONS[name], side);
  for (const side of [22, 48]) await writeFile(`${folder}${name}-${side}.argb`, argb(at(side)));
  // A menu bar of macOS is 22 points high: 44 pixels on its screens.
  await writeFile(`${folder}${name}.png`, png(at(44), deflateSync));
  await writeFile(`${folder}${name}.ico`, ico([16, 24, 32, 48].map(at), deflateSync));
}
