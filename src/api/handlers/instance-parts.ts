// What the room of applications makes instances with, and the files that it makes them of, as the API hands them over.
import type { InstanceParts } from '../../applications/instance-requests.ts';
import type { ApiParts } from '../api-parts.ts';

/** The parts of instances. */
export function instanceParts({ store, clock, random, recordEvent, schedules }: ApiParts): InstanceParts {
  return { store, clock, random, record: recordEvent, scheduleFaults: schedules.faults };
}

/** A body as an instance file: the bytes of YAML, or the value that JSON was. */
export function instanceFile(body: unknown) {
  return { name: 'instance file', contents: body instanceof Uint8Array ? body : { value: body } };
}
