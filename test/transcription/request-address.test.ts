import { describe, expect, test } from 'vitest';
import {
  keyHeaders,
  requestAddresses,
  shownAddress,
} from '../../src/transcription/server/request-address.ts';

describe('the address of a request', () => {
  test.each([
    ['', ['https://api.openai.com/v1/audio/transcriptions', 'https://api.openai.com/audio/transcriptions']],
    [
      'http://gpu:8000/v1/',
      ['http://gpu:8000/v1/audio/transcriptions', 'http://gpu:8000/audio/transcriptions'],
    ],
    [
      'http://gpu:8000',
      [
        'http://gpu:8000/audio/transcriptions',
        'http://gpu:8000/v1/audio/transcriptions',
        'http://gpu:8000/inference',
      ],
    ],
    ['http://gpu:8080/inference', ['http://gpu:8080/inference']],
    ['http://gpu:8080/v1/audio/transcriptions?a=b#c', ['http://gpu:8080/v1/audio/transcriptions?a=b']],
    [
      'https://x.openai.azure.com/openai/deployments/whisper?api-version=2024-06-01',
      ['https://x.openai.azure.com/openai/deployments/whisper/audio/transcriptions?api-version=2024-06-01'],
    ],
    [
      'https://api.groq.com/openai/v1#docs',
      [
        'https://api.groq.com/openai/v1/audio/transcriptions',
        'https://api.groq.com/openai/audio/transcriptions',
      ],
    ],
    ['http://me:pass@gpu/v1beta', ['http://gpu/v1beta/audio/transcriptions']],
  ])('of %s', (url, addresses) => {
    expect(requestAddresses(url)).toEqual(addresses);
  });

  test('is shown without what may be a key', () => {
    expect(shownAddress('https://gpu:1/v1/a?key=secret#x')).toBe('https://gpu:1/v1/a');
  });
});

test('a key goes where the server looks for it', () => {
  expect(keyHeaders('http://gpu/v1', 'k')).toEqual({ authorization: 'Bearer k' });
  expect(keyHeaders('https://x.openai.azure.com/openai', 'k')).toEqual({ 'api-key': 'k' });
  expect(keyHeaders('https://openai.azure.com.example.org', 'k')).toEqual({ authorization: 'Bearer k' });
  expect(keyHeaders('http://me:p%40ss@gpu', null)).toEqual({ authorization: `Basic ${btoa('me:p@ss')}` });
  expect(keyHeaders('', null)).toEqual({});
});
