import { type ControlEvent, type EventName, type EventPayloads, PAYLOADS } from '../../control/events.ts';
import type { Fact } from '../../facts.ts';

/** Returns the event for a fact; null: clients do not get it. */
export function eventOf(fact: Fact): ControlEvent | null {
  switch (fact.type) {
    case 'hotkey':
      return event('hotkey', fact);
    case 'stage':
      return event('stage', fact);
    case 'level':
      return event('level', { ...fact, utterance: fact.utterance.id });
    case 'partial':
      return event('partial', { ...fact, utterance: fact.utterance.id });
    case 'heard': {
      const { id, transcript } = fact.utterance;
      return event('transcript', { ...fact.utterance, utterance: id, text: transcript ?? '' });
    }
    case 'reviews':
      return event('review', fact);
    case 'accepted': {
      const { id, prompt } = fact.utterance;
      return event('accepted', { ...fact.utterance, utterance: id, prompt: prompt ?? '', turn: fact.turn });
    }
    case 'activity': {
      const { id, project } = fact.utterance;
      return event('activity', { utterance: id, project, activity: fact.activity });
    }
    case 'delta':
      return event('delta', { utterance: fact.utterance.id, text: fact.text });
    case 'ended':
      return event('answer', { utterance: fact.utterance.id, record: fact.utterance });
    case 'requested':
      return event('approval', fact);
    case 'resolved':
      return event('resolved', fact);
    case 'queue':
      return event('queue', fact);
    case 'project':
      return event('project', fact);
    case 'session':
      return event('session', fact);
    case 'timings':
      return event('timings', fact);
    case 'trouble':
      return event('error', { utterance: null, error: fact.error });
    default:
      return null;
  }
}

function event<E extends EventName>(name: E, payload: EventPayloads[E]): ControlEvent {
  return { event: name, payload: PAYLOADS[name].parse(payload) } as ControlEvent;
}
