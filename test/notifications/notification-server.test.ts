import type { Message } from '@jellybrick/dbus-next';
import { describe, expect, it } from 'vitest';
import type { BusConnection } from '../../src/dbus/session-bus.ts';
import type { Bubble } from '../../src/notifications/notification.ts';
import { notify } from '../../src/notifications/notification-server.ts';

/** What GetCapabilities of Plasma 5.27 answers. */
const PLASMA = [
  ...['body', 'body-hyperlinks', 'body-markup', 'body-images', 'icon-static', 'actions', 'persistence'],
  ...['inline-reply', 'x-kde-urls', 'x-kde-origin-name', 'x-kde-display-appname', 'inhibitions'],
];

async function sent(name: string, capabilities: string[], bubble: Partial<Bubble>) {
  let call: Message | undefined;
  const bus = {
    call: async (message: Message) => {
      call = message;
      return { body: [7] } as Message;
    },
  } as Partial<BusConnection> as BusConnection;
  const content: Bubble = { title: 't', body: 'plain', urgency: 'normal', actions: {}, ...bubble };
  await notify({ name, version: '1', capabilities, bus }, content, 0, 'file:///icon.png');
  if (!call) throw new Error('nothing was sent');
  const hints = call.body[6] as Record<string, { value: unknown }>;
  const values = Object.fromEntries(Object.entries(hints).map(([key, { value }]) => [key, value]));
  return { body: call.body[4] as string, actions: call.body[5] as string[], hints: values };
}

const rich = [
  [
    { text: 'a<b', code: true },
    { text: ' c', link: 'https://a.b/' },
  ],
];

describe('a bubble as a server is told of it', () => {
  it('has the field for a reply in Plasma, and markup that Plasma shows', async () => {
    const { body, actions, hints } = await sent('Plasma', PLASMA, {
      rich,
      reply: 'Reply',
      replyHint: 'Write',
      actions: { speak: 'Speak reply' },
    });
    expect(actions).toEqual(['speak', 'Speak reply', 'inline-reply', 'Reply']);
    expect(hints).toMatchObject({
      'x-kde-reply-placeholder-text': 'Write',
      'x-kde-reply-submit-button-text': 'Reply',
      category: 'im.received',
      'suppress-sound': true,
    });
    expect(body).toBe('`a&lt;b`<a href="https://a.b/"> c</a>');
  });

  it('has no such field elsewhere', async () => {
    const { actions, hints } = await sent('dunst', ['actions', 'body'], {
      reply: 'Reply',
      replyHint: 'Write',
    });
    expect(actions).toEqual([]);
    expect(Object.keys(hints).filter((key) => key.startsWith('x-kde'))).toEqual([]);
  });

  it('draws the level as a bar below the words, or as a line above them', async () => {
    const meter = { percent: 42.4, line: '▁▃' };
    const dunst = await sent('dunst', ['body'], { meter });
    expect([dunst.body, dunst.hints.value]).toEqual(['plain', 42]);
    for (const name of ['Xfce Notify Daemon', 'gnome-shell', 'Plasma']) {
      const other = await sent(name, ['body', 'body-markup'], { meter });
      expect([other.body, other.hints.value]).toEqual(['▁▃\nplain', undefined]);
    }
  });

  it('keeps what passes out of the history, and says what is quiet', async () => {
    const { hints } = await sent('dunst', ['body'], { passing: true, resident: true });
    expect(hints).toMatchObject({ transient: true, resident: true, category: 'im' });
    const quiet = await sent('dunst', ['body'], { quiet: true, urgency: 'low' });
    expect(quiet.hints).toMatchObject({ category: 'x-codex-voice.quiet', urgency: 0 });
    expect(quiet.hints).not.toHaveProperty('transient');
  });
});
