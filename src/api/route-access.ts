// What a caller sees of applications, each judged by the project that it is in.
import { type Access, type Caller, DEFAULT_PROJECT, mayEverywhere, mayIn } from '../model/access.ts';
import { BerthError } from '../model/errors.ts';
import type { ProjectPermission } from '../model/permission.ts';
import type { Store } from '../ports/store.ts';

/** A caller and a permission, asked about one application after the other. */
export interface RouteAccess {
  /** Whether every application is seen, and what belongs to none: nothing has to be asked one by one. */
  readonly seesAll: boolean;
  /** Whether things of this kind may be read in an application; one that is not there is seen only by those who see all. */
  sees(application: string): Promise<boolean>;
  /** Passes callers who have the permission in an application. @throws request.not-found, account.not-allowed */
  require(application: string): Promise<void>;
  /** The same for an application that is to be made in a project. @throws account.not-allowed */
  requireIn(project: string): void;
  /** The same caller, asked for another permission. */
  to(permission: ProjectPermission): RouteAccess;
}

/** The project of an application; null when there is no such application. */
export async function projectOf(store: Store, application: string): Promise<string | null> {
  const stored = await store.get('application', application);
  return stored ? (stored.doc.project ?? DEFAULT_PROJECT) : null;
}

/** Whether a permission is given in a project; null, of what is in none, asks for it everywhere. */
export function mayInProject(access: Access, permission: ProjectPermission, project: string | null): boolean {
  return project === null ? mayEverywhere(access, permission) : mayIn(access, permission, project);
}

/** The permission to read what another permission is about. */
export function readingOf(permission: ProjectPermission): ProjectPermission {
  return permission.replace(/:\w+$/, ':read') as ProjectPermission;
}

/** What one request knows of its caller. A stream goes on for long: it looks anew now and then. */
export class CallerSight {
  readonly #store: Store;
  #caller: Caller;
  #projects = new Map<string, Promise<string | null>>();

  constructor(store: Store, caller: Caller) {
    this.#store = store;
    this.#caller = caller;
  }

  /** Forgets what was looked up, for a caller as they are now. */
  renew(caller: Caller): void {
    this.#caller = caller;
    this.#projects = new Map();
  }

  /** Judges by a permission, now and whenever it is asked. */
  access(permission: ProjectPermission): RouteAccess {
    const sight = this;
    const reading = readingOf(permission);
    const may = async (wanted: ProjectPermission, application: string) =>
      mayInProject(sight.#caller.access, wanted, await sight.#projectOf(application));
    return {
      get seesAll() {
        return mayEverywhere(sight.#caller.access, reading);
      },
      sees: async (application) => mayEverywhere(sight.#caller.access, reading) || may(reading, application),
      require: async (application) => {
        if (await may(permission, application)) return;
        if (await may(reading, application)) throw notAllowed(sight.#caller, permission);
        throw new BerthError('request.not-found', { what: 'app', id: application });
      },
      requireIn: (project) => {
        if (!mayIn(sight.#caller.access, permission, project)) throw notAllowed(sight.#caller, permission);
      },
      to: (other) => sight.access(other),
    };
  }

  #projectOf(application: string): Promise<string | null> {
    const known = this.#projects.get(application) ?? projectOf(this.#store, application);
    this.#projects.set(application, known);
    return known;
  }
}

/** The refusal of a caller who may look, but not this. */
export function notAllowed({ name }: Caller, permission: string): BerthError {
  return new BerthError('account.not-allowed', { name, permission });
}
