import type { Fact } from '../facts.ts';
import type { ControlEvent } from './protocol.ts';

/** The event that clients get of a fact; null: it is none of theirs. */
export function eventOf(fact: Fact): ControlEvent | null {
  switch (fact.type) {
    case 'stage': {
      const { stage, utterance } = fact;
      return { event: 'stage', payload: { stage, utterance } };
    }
    case 'level': {
      const { utterance, dbfs, speaking } = fact;
      return { event: 'level', payload: { utterance: utterance.id, dbfs, speaking } };
    }
    case 'partial': {
      const { utterance, text, stable } = fact;
      return { event: 'partial', payload: { utterance: utterance.id, text, stable } };
    }
    case 'heard': {
      const { id, project, rule, transcript } = fact.utterance;
      return { event: 'transcript', payload: { utterance: id, project, rule, text: transcript ?? '' } };
    }
    case 'reviews':
      return { event: 'review', payload: { reviews: fact.reviews } };
    case 'accepted': {
      const { id, project, rule, prompt } = fact.utterance;
      const payload = { utterance: id, project, rule, prompt: prompt ?? '', turn: fact.turn };
      return { event: 'accepted', payload };
    }
    case 'activity': {
      const { id, project } = fact.utterance;
      return { event: 'activity', payload: { utterance: id, project, activity: fact.activity } };
    }
    case 'delta':
      return { event: 'delta', payload: { utterance: fact.utterance.id, text: fact.text } };
    case 'ended':
      return { event: 'answer', payload: { utterance: fact.utterance.id, record: fact.utterance } };
    case 'requested':
      return { event: 'approval', payload: { project: fact.project, request: fact.request } };
    case 'resolved':
      return { event: 'resolved', payload: { project: fact.project, request: fact.request } };
    case 'queue':
      return { event: 'queue', payload: { project: fact.project, queue: fact.queue } };
    case 'project':
      return { event: 'project', payload: { project: fact.project, chosen: fact.chosen } };
    case 'session':
      return { event: 'session', payload: { project: fact.project, status: fact.status } };
    case 'timings':
      return { event: 'timings', payload: { utterance: fact.utterance, timings: fact.timings } };
    case 'trouble':
      return { event: 'error', payload: { utterance: null, error: fact.error } };
    default:
      return null;
  }
}
