// The devices that the algorithm may steer, by their names in app_config.json.
import { ask } from './actions.js';
import { deviceAt } from './bound.js';
import { byName, NamedDevices } from './by-name.js';
import { ActionRefused, ControlFailed } from './errors.js';

const TIMEOUT_SECONDS = 10;

/** One device of a name that can be told to do things; where the index is null, the only one. */
class Control {
  #name;
  #index;
  #seconds;

  constructor(name, index, seconds) {
    this.#name = name;
    this.#index = index;
    this.#seconds = seconds;
  }

  async about() {
    const { about, device } = await this.#device();
    return { id: device.id, name: device.name, location: device.location, controls: about.controls };
  }

  async set(parameters = {}) {
    const { controls } = (await this.#device()).about;
    if (controls.length === 1) return this.do(controls[0].name, parameters);
    const known = controls.map(({ name }) => name).join(', ') || 'none';
    throw new TypeError(
      `controls.${this.#name} can be told several things (${known}): say which, as in .do('name', {…}).`,
    );
  }

  async do(control, parameters = {}) {
    const { device } = await this.#device();
    const wanted = { kind: 'control', name: this.#name, index: this.#index ?? 0, control, parameters };
    const action = await asked({ ...wanted, timeoutSeconds: this.#seconds });
    const state = await action.wait();
    if (state === 'delivered') return action.answer;
    throw new ControlFailed(state, `${device.id} did not do '${control}': ${action.reason}`, action.id);
  }

  within(seconds) {
    if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`seconds must be a number above 0, not ${seconds}`);
    }
    return new Control(this.#name, this.#index, seconds);
  }

  #device() {
    return deviceAt('controls', this.#name, this.#index);
  }
}

/** What one name stands for; `set`, `do` and `within` are those of the only device. */
class ControlName extends NamedDevices {
  #only;

  constructor(name) {
    super('controls', name, (of, index) => new Control(of, index, TIMEOUT_SECONDS));
    this.#only = new Control(name, null, TIMEOUT_SECONDS);
  }

  set(parameters) {
    return this.#only.set(parameters);
  }

  do(control, parameters) {
    return this.#only.do(control, parameters);
  }

  within(seconds) {
    return this.#only.within(seconds);
  }
}

/** The devices that this task may steer. */
export const controls = byName('controls', (name) => new ControlName(name));

async function asked(wanted) {
  try {
    return await ask(wanted);
  } catch (error) {
    if (error instanceof ActionRefused) throw new ControlFailed('refused', error.message, null);
    throw error;
  }
}
