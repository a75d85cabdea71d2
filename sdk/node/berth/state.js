// Values that the instance keeps: they survive the end of the program, of its container and of its node. All copies and all later jobs of
// the instance see the same values. A call resolves when the value is durable.
import { StateRefused } from './errors.js';
import { jsonText } from './json-text.js';
import { call, documentOf, refusal } from './platform.js';

/** Small values by key. */
export const state = Object.freeze({
  async get(key, fallback) {
    const answer = await call('GET', pathOf(key));
    return answer.status === 204 ? fallback : JSON.parse(taken(answer).body.toString());
  },
  async set(key, value) {
    taken(await call('PUT', pathOf(key), jsonText(value)));
  },
  async delete(key) {
    taken(await call('DELETE', pathOf(key)));
  },
  async keys() {
    return documentOf(taken(await call('GET', '/sdk/v1/state'))).keys;
  },
});

function pathOf(key) {
  if (typeof key !== 'string') throw new TypeError(`a key is a text, not a ${typeof key}`);
  return `/sdk/v1/state/${encodeURIComponent(key)}`;
}

function taken(answer) {
  if (answer.status !== 200) throw refusal(StateRefused, answer);
  return answer;
}
