// Objects whose properties are whatever names an algorithm declares, and sequences that know their length only after asking.
import { named, namesOf } from './bound.js';

const INDEX = /^(?:0|[1-9]\d{0,5})$/;

/** `sensors.NAME` and `sensors['NAME']`; `for await (const name of sensors)` gives the names. */
export function byName(kind, make) {
  const known = new Map();
  const own = {
    async *[Symbol.asyncIterator]() {
      yield* (await namesOf(kind)).keys();
    },
  };
  return new Proxy(own, {
    get(target, name) {
      if (typeof name === 'symbol') return target[name];
      // Or `await` would take it for a promise.
      if (name === 'then') return undefined;
      if (!known.has(name)) known.set(name, sequence(make(name)));
      return known.get(name);
    },
    set: () => false,
  });
}

/** What is common to what one name stands for: how many devices, each of them, all of them. */
export class NamedDevices {
  #kind;
  #name;
  #make;

  constructor(kind, name, make) {
    this.#kind = kind;
    this.#name = name;
    this.#make = make;
  }

  async count() {
    return (await named(this.#kind, this.#name)).sensors.length;
  }

  async all() {
    return Array.from({ length: await this.count() }, (_, index) => this.at(index));
  }

  at(index) {
    return this.#make(this.#name, index);
  }

  async *[Symbol.asyncIterator]() {
    yield* await this.all();
  }
}

/** Lets `thing[0]` mean `thing.at(0)`. */
function sequence(thing) {
  return new Proxy(thing, {
    get(target, name) {
      if (typeof name === 'string' && INDEX.test(name)) return target.at(Number(name));
      const found = Reflect.get(target, name);
      // Methods are of the thing itself: its private fields are not the proxy's.
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}
