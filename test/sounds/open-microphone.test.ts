import { expect, test } from 'vitest';
import { OpenMicrophone } from '../../src/sounds/open-microphone.ts';

test('the microphone is open from just before it opens until the recording is over, and each change is told once', () => {
  const microphone = new OpenMicrophone();
  const changes: boolean[] = [];
  microphone.onChange((open) => void changes.push(open));
  const stage = (name: 'idle' | 'listening' | 'finishing') =>
    microphone.learn({ type: 'stage', stage: name, utterance: null });
  stage('idle');
  expect(microphone.isOpen).toBe(false);
  microphone.learn({ type: 'opening' });
  expect(microphone.isOpen).toBe(true);
  stage('listening');
  microphone.learn({ type: 'listened' });
  expect(microphone.isOpen).toBe(true);
  stage('finishing');
  stage('idle');
  expect(microphone.isOpen).toBe(false);
  expect(changes).toEqual([true, false]);
});
