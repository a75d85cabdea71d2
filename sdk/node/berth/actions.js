// What the algorithm asks the platform to do in the world: e-mails, SMS, notices to users, calls of webhooks. A call resolves when the
// platform has taken what was asked, durably: it is then done once, with retries, also after this program has ended. The same `key` from
// the same instance is the same action however often it is asked for; a key that is not given is made anew for each call.
import { randomBytes } from 'node:crypto';
import { ActionRefused } from './errors.js';
import { jsonText } from './json-text.js';
import { call, documentOf, refusal } from './platform.js';
import { task } from './task.js';

const ENDS = new Set(['delivered', 'failed', 'refused', 'unknown']);
// The platform holds an answer no longer.
const HELD_SECONDS = 25;

/** Asks for actions. */
export const actions = Object.freeze({
  async email({ to, subject, text, html = null, values = {}, attachments = [], key }) {
    const filled = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    const outputs = attachments.map((output) => ({ output }));
    return ask({ kind: 'email', to: listOf(to), subject, text, html, values: filled, attachments: outputs }, key);
  },
  async sms({ to, text, key }) {
    return ask({ kind: 'sms', to: listOf(to), text }, key);
  },
  async notify({ title, text, severity = 'info', key }) {
    return ask({ kind: 'notify', title, text, severity }, key);
  },
  async webhook({ url, body, headers = {}, key }) {
    return ask({ kind: 'webhook', url, method: 'POST', headers, body }, key);
  },
});

/** Something that was asked for. */
class Action {
  #state;

  constructor(key, { id, state }) {
    this.key = key;
    this.id = id;
    this.reason = '';
    this.answer = undefined;
    this.#state = state;
  }

  async state() {
    return ENDS.has(this.#state) ? this.#state : this.#look(0);
  }

  async wait(seconds = Number.POSITIVE_INFINITY) {
    const until = performance.now() + seconds * 1000;
    for (let left = seconds; !ENDS.has(this.#state); left = (until - performance.now()) / 1000) {
      await this.#look(Math.min(Math.max(left, 0), HELD_SECONDS));
      if (left <= 0) break;
    }
    return this.#state;
  }

  async #look(seconds) {
    const answer = await call('GET', `/sdk/v1/actions/${encodeURIComponent(this.id)}?wait=${seconds.toFixed(3)}`);
    if (answer.status !== 200) throw refusal(ActionRefused, answer);
    const said = documentOf(answer);
    this.#state = said.state;
    this.reason = said.reason ?? '';
    this.answer = said.answer;
    return this.#state;
  }
}

/** Asks for an action of any kind. @throws ActionRefused, JobEnding */
export async function ask(wanted, given) {
  const body = jsonText(wanted);
  const key = given ?? `${task().task.slice(0, 100)}-${randomBytes(16).toString('hex')}`;
  const answer = await call('PUT', `/sdk/v1/actions/${encodeURIComponent(key)}`, body);
  if (answer.status !== 200) throw refusal(ActionRefused, answer);
  return new Action(key, documentOf(answer));
}

function listOf(to) {
  return typeof to === 'string' ? [to] : [...to];
}
