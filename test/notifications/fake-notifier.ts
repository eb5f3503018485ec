import { EventQueue } from '../../src/event-queue.ts';
import type { Bubble, Notifier, NotifierEvent, NotifierState } from '../../src/notifications/notification.ts';

/** A notifier that keeps what it was asked to show, and takes it or not as told. */
export class FakeNotifier implements Notifier {
  readonly state: NotifierState = { backend: 'fake', capabilities: ['actions', 'body'] };
  readonly events = new EventQueue<NotifierEvent>();
  readonly shown: { bubble: string; content: Bubble; at: number }[] = [];
  readonly dismissed: string[] = [];
  takes = true;
  closed = false;

  async show(bubble: string, content: Bubble): Promise<boolean> {
    this.shown.push({ bubble, content, at: performance.now() });
    return this.takes;
  }

  async dismiss(bubble: string): Promise<void> {
    this.dismissed.push(bubble);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.events.close();
  }

  get last(): Bubble {
    const last = this.shown.at(-1);
    if (!last) throw new Error('nothing was shown');
    return last.content;
  }
}
