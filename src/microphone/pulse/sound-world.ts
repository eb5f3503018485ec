/** A source of sound at the sound server. */
export interface SoundSource {
  index: number;
  name: string;
  /** As the sound settings call it. */
  description: string;
  /** The position of each of its channels (PA_CHANNEL_POSITION_* of pulse/channelmap.h). */
  channelMap: number[];
  /** It hears what a loudspeaker plays. */
  monitor: boolean;
  muted: boolean;
  /** Of the loudest channel; 1: unchanged. */
  volume: number;
  /** The index of its card; null: it belongs to none. */
  card: number | null;
  /** The number of its ALSA card; null: it is not an ALSA card. */
  alsaCard: number | null;
  /** The port in use, and whether something is plugged in (null: unknown); null: there are no ports. */
  port: { description: string; plugged: boolean | null } | null;
}

/** One way to use a card. */
export interface CardProfile {
  name: string;
  description: string;
  sources: number;
  priority: number;
  available: boolean;
}

export interface SoundCard {
  index: number;
  name: string;
  description: string;
  bluetooth: boolean;
  /** The name of the profile in use. */
  active: string | null;
  profiles: CardProfile[];
}

/** State of the sound server. */
export interface SoundWorld {
  /** Name and version of the server. */
  server: string;
  /** Null: there is none. */
  defaultSource: string | null;
  /** The card of the default sink; null: it belongs to none. */
  defaultSinkCard: number | null;
  sources: SoundSource[];
  cards: SoundCard[];
}

/** Why there is nothing to record: no source at all, only monitors, or no source with the requested name. */
export type Missing = 'none' | 'monitors' | 'unknown';

/** The source to record, or the reason why there is none. */
export type Choice = { source: SoundSource } | { source: null; why: Missing };

/**
 * Chooses the source for a device: the one of that name, number or description; the default otherwise. A monitor is
 * chosen only when it is named.
 */
export function chooseSource(world: SoundWorld, device: string): Choice {
  const { sources } = world;
  if (device !== 'default') {
    const named =
      sources.find(({ name }) => name === device) ??
      sources.find(({ index }) => String(index) === device) ??
      sources.find(({ description, monitor }) => !monitor && description === device);
    return named ? { source: named } : { source: null, why: 'unknown' };
  }
  const microphones = sources.filter(({ monitor }) => !monitor);
  const source =
    microphones.find(({ name }) => name === world.defaultSource) ??
    microphones.find(({ port }) => port?.plugged !== false) ??
    microphones[0];
  if (source) return { source };
  return { source: null, why: sources.length > 0 ? 'monitors' : 'none' };
}

/**
 * Finds the profile in which a Bluetooth headset that plays music now would have a microphone.
 * @param device as in the settings
 */
export function silentHeadset(
  world: SoundWorld,
  device: string,
): { card: SoundCard; profile: CardProfile } | null {
  for (const card of world.cards) {
    const active = card.profiles.find(({ name }) => name === card.active);
    if (!card.bluetooth || !active || active.sources > 0) continue;
    const [profile] = card.profiles
      .filter(({ sources, available }) => sources > 0 && available)
      .toSorted((a, b) => b.priority - a.priority);
    if (profile && isMeant(world, card, device)) return { card, profile };
  }
  return null;
}

/** A headset is meant when it is named, when it plays the sound now, or when nothing else could hear. */
function isMeant(world: SoundWorld, card: SoundCard, device: string): boolean {
  if (device !== 'default') return device.includes(card.name.replace(/^bluez_card\./, ''));
  return world.defaultSinkCard === card.index || chooseSource(world, device).source === null;
}
