import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { Message, MessageType, Variant } from '@jellybrick/dbus-next';
import { callBus, connectTo } from './session-bus.ts';

const PORTAL = 'org.freedesktop.portal.Desktop';
const PATH = '/org/freedesktop/portal/desktop';
const SHORTCUTS = 'org.freedesktop.portal.GlobalShortcuts';
const SESSION = `${PATH}/session/client/codex_voice`;

type Options = Record<string, Variant>;
type Shortcut = [string, Options];

export interface FakePortalOptions {
  /**
   * `kde`: takes the shortcuts with the session (xdg-desktop-portal-kde 5.27). `gnome`: takes an app id first, and asks
   * the user when they are bound (GNOME 48, xdg-desktop-portal 1.21).
   */
  like: 'kde' | 'gnome';
  /** What the user says when asked. */
  consent?: boolean;
  /** How long the user thinks about it, ms. */
  thinksMs?: number;
  /** The keys that the user has chosen, by the id of the shortcut. */
  chosen?: Record<string, string>;
  /** How often it overlooks a new entry, as GLib does until it has looked again. */
  overlooks?: number;
  /** Where the entries of programs are; one like that of GNOME knows no program without. */
  applications: string;
}

/** The portal of a desktop on a real bus, as strict as the documentation of the real one. */
export interface FakePortal extends AsyncDisposable {
  /** The methods that were called, in order. */
  readonly calls: string[];
  /** The keys that were asked for, by their ids. */
  readonly wanted: Record<string, string>;
  press(id: string): void;
  release(id: string): void;
  /** The user chooses another key. */
  change(id: string, trigger: string): void;
  closeSession(): void;
}

export async function startFakePortal(address: string, options: FakePortalOptions): Promise<FakePortal> {
  const { like, consent = true, thinksMs = 0, chosen = {}, applications } = options;
  let { overlooks = 0 } = options;
  const bus = await connectTo(address);
  const calls: string[] = [];
  const wanted: Record<string, string> = {};
  /** The connections that have made a call, and those with an app id: only the first call can give one. */
  const known = new Set<string>();
  const registered = new Set<string>();
  let bound = false;
  /** What the desktop calls a key. */
  const described = ([id]: Shortcut): Shortcut => {
    const trigger = chosen[id] ?? inWordsOf(like, wanted[id] ?? '');
    return [id, { description: new Variant('s', id), trigger_description: new Variant('s', trigger) }];
  };
  const remember = (shortcuts: readonly Shortcut[]): Shortcut[] => {
    for (const [id, { preferred_trigger }] of shortcuts) wanted[id] = String(preferred_trigger?.value);
    return shortcuts.map(described);
  };
  const refuse = (call: Message, name: string, text: string): void =>
    bus.send(Message.newError(call, `org.freedesktop.portal.Error.${name}`, text));
  /** The answer is sent before the method returns, as it may be. */
  const respond = (call: Message, { handle_token }: Options, code: number, results: Options): void => {
    const sender = (call.sender ?? '').slice(1).replaceAll('.', '_');
    const path = `${PATH}/request/${sender}/${handle_token?.value}`;
    const response = Message.newSignal(path, 'org.freedesktop.portal.Request', 'Response', 'ua{sv}', [
      code,
      results,
    ]);
    response.destination = call.sender;
    bus.send(response);
    bus.send(Message.newMethodReturn(call, 'o', [path]));
  };
  const answers: Record<string, (call: Message) => void> = {
    Register(call) {
      if (like === 'kde') return refuse(call, 'UnknownMethod', 'no registry');
      if (registered.has(call.sender ?? '') || known.has(call.sender ?? ''))
        return refuse(call, 'Failed', 'Connection already associated with an application ID');
      if (!/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(String(call.body[0])))
        return refuse(call, 'InvalidArgument', 'not an app id');
      overlooks -= 1;
      if (overlooks >= 0 || !isFound(join(applications, `${call.body[0]}.desktop`)))
        return refuse(call, 'Failed', `App info not found for '${call.body[0]}'`);
      registered.add(call.sender ?? '');
      bus.send(Message.newMethodReturn(call));
    },
    Get(call) {
      bus.send(Message.newMethodReturn(call, 'v', [new Variant('u', like === 'kde' ? 1 : 2)]));
    },
    CreateSession(call) {
      const [given] = call.body as [Options];
      if (like === 'gnome' && !registered.has(call.sender ?? ''))
        return refuse(call, 'NotAllowed', 'An app id is required');
      if (given.session_handle_token?.value !== 'codex_voice')
        return refuse(call, 'InvalidArgument', 'another token');
      const shortcuts = like === 'kde' ? remember((given.shortcuts?.value ?? []) as Shortcut[]) : null;
      bound = false;
      respond(call, given, 0, {
        session_handle: new Variant('s', SESSION),
        ...(shortcuts && { shortcuts: new Variant('a(sa{sv})', shortcuts) }),
      });
    },
    BindShortcuts(call) {
      const [, shortcuts, , given] = call.body as [string, Shortcut[], string, Options];
      if (bound) return refuse(call, 'Failed', 'bound already');
      bound = true;
      // KDE 5.27 opens its settings and binds nothing.
      if (like === 'kde') return respond(call, given, 0, { shortcuts: new Variant('a(sa{sv})', []) });
      const results = consent ? { shortcuts: new Variant('a(sa{sv})', remember(shortcuts)) } : {};
      setTimeout(() => respond(call, given, consent ? 0 : 1, results), thinksMs);
    },
  };
  bus.addMethodHandler((message) => {
    const answer = message.type === MessageType.METHOD_CALL ? answers[message.member ?? ''] : undefined;
    if (!answer) return false;
    calls.push(message.member ?? '');
    answer(message);
    if (message.member !== 'Register') known.add(message.sender ?? '');
    return true;
  });
  await callBus(bus, 'org.freedesktop.DBus.RequestName', 'su', [PORTAL, 0]);
  const emit = (member: string, signature: string, body: unknown[]): void =>
    bus.send(Message.newSignal(PATH, SHORTCUTS, member, signature, body));
  return {
    calls,
    wanted,
    press: (id) => emit('Activated', 'osta{sv}', [SESSION, id, 0n, {}]),
    release: (id) => emit('Deactivated', 'osta{sv}', [SESSION, id, 0n, {}]),
    change(id, trigger) {
      chosen[id] = trigger;
      const all = Object.keys(wanted).map((each) => described([each, {}]));
      emit('ShortcutsChanged', 'oa(sa{sv})', [SESSION, all]);
    },
    closeSession: () =>
      bus.send(Message.newSignal(SESSION, 'org.freedesktop.portal.Session', 'Closed', '', [])),
    async [Symbol.asyncDispose]() {
      bus.disconnect();
    },
  };
}

/** GLib ignores an entry whose program does not exist (2.84). */
function isFound(entry: string): boolean {
  if (!existsSync(entry)) return false;
  const [, program = ''] = /^Exec="?([^\s"]+)/m.exec(readFileSync(entry, 'utf8')) ?? [];
  return isAbsolute(program) && existsSync(program);
}

/** A trigger as the desktop describes it: `Ctrl+Alt+Space`, or `Press <Control><Alt>space` (both seen). */
function inWordsOf(like: FakePortalOptions['like'], trigger: string): string {
  const parts = trigger.split('+');
  const key = parts.pop() ?? '';
  const names = { CTRL: 'Control', ALT: 'Alt', SHIFT: 'Shift', LOGO: 'Super' } as Record<string, string>;
  if (like === 'gnome') return `Press ${parts.map((part) => `<${names[part]}>`).join('')}${key}`;
  return trigger.replace('CTRL', 'Ctrl').replace('ALT', 'Alt').replace('space', 'Space');
}
