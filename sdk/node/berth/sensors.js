// The sensors that the algorithm declares, by their names in app_config.json.
import { deviceAt, named } from './bound.js';
import { byName, NamedDevices } from './by-name.js';
import { NotBound, Refused } from './errors.js';
import { job } from './job.js';
import { call, documentOf, refusal } from './platform.js';
import { follow, Reading } from './readings.js';

/** One sensor of a name; where the index is null, the only one. */
class Sensor {
  #name;
  #index;

  constructor(name, index) {
    this.#name = name;
    this.#index = index;
  }

  async about() {
    const { id, name, location, rateHz, fields } = (await this.#device()).device;
    return { id, name, location, rate: rateHz, fields };
  }

  async latest() {
    const { path, device } = await this.#device();
    const answer = await call('GET', `${path}/latest`);
    return answer.status === 204 ? null : new Reading(documentOf(taken(answer)), device.fields);
  }

  async window(seconds) {
    const { path, device } = await this.#device();
    const answer = taken(await call('GET', `${path}/window?seconds=${positive('seconds', seconds)}`));
    return JSON.parse(answer.body.toString()).map((document) => new Reading(document, device.fields));
  }

  stream(options = {}) {
    return streamOf(this.#name, options, async () => {
      const { device, index } = await this.#device();
      return { query: `&index=${index}`, of: [{ sensor: this, device }] };
    });
  }

  async #device() {
    const { about, device } = await deviceAt('sensors', this.#name, this.#index);
    const index = this.#index ?? 0;
    return { about, device, index, path: `${pathOf(this.#name)}/${index}` };
  }
}

/** What one name stands for: `latest` and `window` are those of the only sensor, `stream` is of all. */
class SensorName extends NamedDevices {
  #name;
  #only;

  constructor(name) {
    super('sensors', name, (of, index) => new Sensor(of, index));
    this.#name = name;
    this.#only = new Sensor(name, null);
  }

  latest() {
    return this.#only.latest();
  }

  window(seconds) {
    return this.#only.window(seconds);
  }

  stream(options = {}) {
    return streamOf(this.#name, options, async () => {
      const { sensors: devices } = await named('sensors', this.#name);
      if (devices.length === 0) await deviceAt('sensors', this.#name, 0);
      return { query: '', of: devices.map((device, index) => ({ sensor: this.at(index), device })) };
    });
  }
}

/** The sensors of this task. */
export const sensors = byName('sensors', (name) => new SensorName(name));

/** A stream from the moment at which it was asked for: whatever comes from then on is in it, though its connection is made later. */
function streamOf(name, { rate }, describe) {
  const thinned = rate === undefined ? '' : `&rate=${positive('rate', rate)}`;
  job.stopping();
  const begun = begin(describe);
  // It is told to whoever reads the stream; nobody may.
  begun.catch(() => undefined);
  return readings(name, thinned, begun);
}

async function begin(describe) {
  const { query, of } = await describe();
  const last = await Promise.all(of.map(({ sensor }) => sensor.latest()));
  const after = Math.max(0, ...last.map((reading) => reading?.sequence ?? 0));
  return { query, after, fields: of.map(({ device }) => device.fields) };
}

async function* readings(name, thinned, begun) {
  const { query, after, fields } = await begun;
  const target = (last) => `${pathOf(name)}/stream?after=${last}${query}${thinned}`;
  const fieldsOf = (document) => fields[fields.length === 1 ? 0 : document.index] ?? [];
  for await (const batch of follow(target, after, refusedBy)) {
    for (const document of batch) yield new Reading(document, fieldsOf(document));
  }
}

function taken(answer) {
  if (answer.status !== 200) throw refusedBy(answer);
  return answer;
}

function refusedBy(answer) {
  const refused = refusal(Refused, answer);
  return answer.status === 404 ? new NotBound(refused.message) : refused;
}

function pathOf(name) {
  return `/sdk/v1/sensors/${encodeURIComponent(name)}`;
}

function positive(what, value) {
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new RangeError(`${what} must be a number above 0, not ${value}`);
}
