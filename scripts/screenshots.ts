/**
 * Makes the pictures of the documentation (docs/images): the real thing at work on a virtual desktop, with sentences of
 * the speech set spoken into the virtual microphone and the real Codex CLI answering from a scripted model.
 *
 * `npm run screenshots`, or `npm run screenshots -- loop ui` for some of them; it needs what the desktop tests need.
 */
import { attach } from './screenshots/attach.ts';
import { bubbles } from './screenshots/bubbles.ts';
import { loop } from './screenshots/loop.ts';
import { request } from './screenshots/request.ts';
import { review } from './screenshots/review.ts';
import { sway } from './screenshots/sway.ts';
import { tray } from './screenshots/tray.ts';
import { ui } from './screenshots/ui.ts';

const SCENES: Record<string, () => Promise<void>> = {
  loop,
  bubbles,
  request,
  review,
  attach,
  ui,
  tray,
  sway,
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SCENES);
for (const name of wanted) {
  const scene = SCENES[name];
  if (!scene) throw new Error(`there is no scene "${name}": choose from ${Object.keys(SCENES).join(', ')}`);
  await scene();
}
