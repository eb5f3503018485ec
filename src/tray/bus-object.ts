import { Message, type Variant } from '@jellybrick/dbus-next';

/** Result of a method: the signature of its values, and the values. */
interface MethodAnswer {
  signature: string;
  body: unknown[];
}

/** An object on the bus with one own interface, beside Properties and Introspectable. */
export interface BusObject {
  path: string;
  interface: string;
  /** Returns its current properties. */
  properties: () => Record<string, Variant>;
  /** Called with the caller's unique name and the arguments; null or what is thrown: they make no sense. */
  methods: Record<string, (sender: string, ...args: unknown[]) => MethodAnswer | null>;
  /** The interface's element of the introspection data. */
  xml: string;
}

export const NOTHING: MethodAnswer = { signature: '', body: [] };

const PROPERTIES = 'org.freedesktop.DBus.Properties';
const INVALID = 'org.freedesktop.DBus.Error.InvalidArgs';

/** The answer to a call of one of the objects; null: the call is for another object. */
export function answerCall(objects: readonly BusObject[], call: Message): Message | null {
  const object = objects.find(({ path }) => path === call.path);
  if (!object) return null;
  if (call.interface === 'org.freedesktop.DBus.Introspectable' && call.member === 'Introspect') {
    return Message.newMethodReturn(call, 's', [`<node>${object.xml}</node>`]);
  }
  if (call.interface === PROPERTIES) return answerProperties(object, call);
  const method = Object.hasOwn(object.methods, call.member) ? object.methods[call.member] : undefined;
  // The interface may be left out of a call.
  if (!method || (call.interface && call.interface !== object.interface)) return null;
  try {
    const answer = method(call.sender, ...call.body);
    if (answer) return Message.newMethodReturn(call, answer.signature, answer.body);
  } catch {
    // Arguments of other types than the interface has: the sender gets an error.
  }
  return Message.newError(call, INVALID, `${call.member} cannot be called with that`);
}

function answerProperties({ interface: own, properties }: BusObject, call: Message): Message {
  const [name, property] = call.body;
  const values = name === own ? properties() : {};
  if (call.member === 'GetAll') return Message.newMethodReturn(call, 'a{sv}', [values]);
  const value =
    typeof property === 'string' && Object.hasOwn(values, property) ? values[property] : undefined;
  if (call.member === 'Get' && value) return Message.newMethodReturn(call, 'v', [value]);
  return Message.newError(call, INVALID, `there is no property ${property} to ${call.member}`);
}
