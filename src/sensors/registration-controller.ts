// Sensors' part of the loop for packages: what they name and the platform does not know is put before an administrator.
import { changeDocument } from '../engine/change-document.ts';
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { Application, Package } from '../model/package.ts';
import type { RegistrationRequest } from '../model/sensor.ts';
import type { Store } from '../ports/store.ts';
import {
  decideRequest,
  isRegistered,
  type Registered,
  type RegistrationWish,
  requestId,
  wishesOf,
} from './decide-registrations.ts';

/** What the controller works with. */
export interface RegistrationParts {
  readonly store: Store;
  readonly recordEvent: RecordEvent;
}

/** Requests that an event names. */
const NAMED = 10;

/** Makes requests of what packages name (keys `registration:<package>`). */
export class RegistrationController implements Controller {
  readonly prefix = 'registration';
  readonly watches = {
    package: ({ id }: Package) => [id],
    application: ({ currentPackage }: Application) => [currentPackage],
  };
  readonly #parts: RegistrationParts;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  async reconcile(id: string, now: Instant): Promise<null> {
    const { store } = this.#parts;
    const pkg = (await store.get('package', id))?.doc;
    if (!pkg) return null;
    const wishes = wishesOf(pkg);
    const registered = await registeredOf(store, wishes);
    const missing = wishes.filter((wish) => !isRegistered(wish, registered));
    const opened: string[] = [];
    for (const wish of missing) if (await this.#ask(wish, pkg, now)) opened.push(requestId(wish));
    await this.#tell(pkg, opened);
    return null;
  }

  /** The packages that run: those before them have had their turn when they came. */
  async *sweep(): AsyncIterable<Unsettled> {
    for await (const { currentPackage } of pages(this.#parts.store, 'application', { limit: 1000 }))
      yield { id: currentPackage, at: 0 };
  }

  /** Whether a request was opened by it. */
  async #ask(wish: RegistrationWish, pkg: Package, now: Instant): Promise<boolean> {
    let before: RegistrationRequest | undefined;
    const after = await changeDocument(this.#parts.store, 'registrationRequest', requestId(wish), (present) => {
      before = present;
      return decideRequest(wish, pkg, present, now);
    });
    return after.state === 'open' && before?.state !== 'open';
  }

  async #tell({ application, config, id }: Package, opened: readonly string[]): Promise<void> {
    if (opened.length === 0) return;
    const more = opened.length > NAMED ? ` and ${opened.length - NAMED} more` : '';
    const named = `${opened.slice(0, NAMED).join(', ')}${more}`;
    await this.#parts.recordEvent({
      kind: 'sensor.requested',
      subject: `application:${application}`,
      application,
      text: `Version ${config.version} names what is not registered: ${named}. 'berth sensor requests' lists what waits for an administrator.`,
      evidence: { package: id, requests: opened.length },
    });
  }
}

async function registeredOf(store: Store, wishes: readonly RegistrationWish[]): Promise<Registered> {
  const types = wishes.flatMap((wish) => (wish.kind === 'type' ? [wish.type.id] : []));
  const sensors = wishes.flatMap((wish) => (wish.kind === 'sensor' ? [wish.sensor.id] : []));
  const [knownTypes, knownSensors] = await Promise.all([
    types.length === 0 ? [] : store.getMany('sensorType', types),
    sensors.length === 0 ? [] : store.getMany('sensor', sensors),
  ]);
  return {
    types: new Set(knownTypes.map(({ doc }) => doc.id)),
    sensors: new Set(knownSensors.map(({ doc }) => doc.id)),
  };
}
