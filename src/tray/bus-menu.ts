import { Message, Variant } from '@jellybrick/dbus-next';
import { type BusObject, NOTHING } from './bus-object.ts';
import { LAYOUT, type MenuLayout } from './menu-layout.ts';

export const MENU_PATH = '/MenuBar';
const INTERFACE = 'com.canonical.dbusmenu';

/** Called for actions of a bus client in the menu. */
interface MenuListener {
  /** @param id the number of an entry. @param sender unique name of the client */
  clicked(id: number, sender: string): void;
  /** It has fetched the menu, or says that it shows it. */
  shown(sender: string): void;
}

/** The menu on the bus: com.canonical.dbusmenu, version 3. */
export function menuObject(menu: MenuLayout, listener: MenuListener): BusObject {
  const event = (sender: string, id: unknown, name: unknown): void => {
    if (name === 'clicked') listener.clicked(Number(id), sender);
    else if (name === 'opened') listener.shown(sender);
  };
  return {
    path: MENU_PATH,
    interface: INTERFACE,
    properties: () => ({
      Version: new Variant('u', 3),
      TextDirection: new Variant('s', 'ltr'),
      Status: new Variant('s', 'normal'),
      IconThemePath: new Variant('as', []),
    }),
    methods: {
      GetLayout: (sender, parent, depth, names) => {
        listener.shown(sender);
        const layout = menu.layout(Number(parent), Number(depth), names as string[]);
        return layout && { signature: `u${LAYOUT}`, body: [menu.revision, layout] };
      },
      GetGroupProperties: (_sender, ids, names) => ({
        signature: 'a(ia{sv})',
        body: [menu.properties(ids as number[], names as string[])],
      }),
      GetProperty: (_sender, id, name) => {
        const value = menu.properties([Number(id)], [])[0]?.[1][String(name)];
        return value ? { signature: 'v', body: [value] } : null;
      },
      Event: (sender, id, name) => {
        event(sender, id, name);
        return NOTHING;
      },
      // xfce4-panel 4.18 sends only this one.
      EventGroup: (sender, events) => {
        for (const [id, name] of events as unknown[][]) event(sender, id, name);
        return { signature: 'ai', body: [[]] };
      },
      AboutToShow: (sender) => {
        listener.shown(sender);
        return { signature: 'b', body: [false] };
      },
      AboutToShowGroup: (sender) => {
        listener.shown(sender);
        return { signature: 'aiai', body: [[], []] };
      },
    },
    xml: XML,
  };
}

/** The menu has changed. */
export function layoutUpdated({ revision }: MenuLayout): Message {
  return Message.newSignal(MENU_PATH, INTERFACE, 'LayoutUpdated', 'ui', [revision, 0]);
}

const XML = `<interface name="${INTERFACE}">
<property name="Version" type="u" access="read"/>
<property name="TextDirection" type="s" access="read"/>
<property name="Status" type="s" access="read"/>
<property name="IconThemePath" type="as" access="read"/>
<method name="GetLayout"><arg type="i" direction="in"/><arg type="i" direction="in"/><arg type="as" direction="in"/>
<arg type="u" direction="out"/><arg type="${LAYOUT}" direction="out"/></method>
<method name="GetGroupProperties"><arg type="ai" direction="in"/><arg type="as" direction="in"/>
<arg type="a(ia{sv})" direction="out"/></method>
<method name="GetProperty"><arg type="i" direction="in"/><arg type="s" direction="in"/>
<arg type="v" direction="out"/></method>
<method name="Event"><arg type="i" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="in"/>
<arg type="u" direction="in"/></method>
<method name="EventGroup"><arg type="a(isvu)" direction="in"/><arg type="ai" direction="out"/></method>
<method name="AboutToShow"><arg type="i" direction="in"/><arg type="b" direction="out"/></method>
<method name="AboutToShowGroup"><arg type="ai" direction="in"/><arg type="ai" direction="out"/>
<arg type="ai" direction="out"/></method>
<signal name="LayoutUpdated"><arg type="u"/><arg type="i"/></signal>
<signal name="ItemsPropertiesUpdated"><arg type="a(ia{sv})"/><arg type="a(ias)"/></signal>
</interface>`;
