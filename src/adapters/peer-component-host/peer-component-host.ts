// Reaches the supervisors of other machines through the components that live there, as any process of the platform asks another. What is asked
// stands in method and path, which the seal of the request covers; no setting and no secret goes along.
import { text } from 'node:stream/consumers';
import type { Component } from '../../model/component.ts';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ComponentHost, PlacedComponent } from '../../ports/component-host.ts';
import type { Peers } from '../../ports/peers.ts';
import type { Store } from '../../ports/store.ts';

/** What the host needs. */
export interface PeerComponentHostParts {
  readonly peers: Peers;
  readonly store: Pick<Store, 'list'>;
  readonly clock: Clock;
  /** For one answer, milliseconds. */
  readonly answerMs: number;
}

/** An ordinary time for an answer: files are written meanwhile. */
export const ORDINARY_ANSWER_MS = 10_000;

const PATH = '/peer/v1/components';
const PAGE = 500;
/** Of one machine, so many are asked one after the other: some of what is written down there may have died. */
const ASKED_OF_ONE = 4;

interface Asked {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
}

/** The machines of a platform. */
export class PeerComponentHost implements ComponentHost {
  readonly #parts: PeerComponentHostParts;

  constructor(parts: PeerComponentHostParts) {
    this.#parts = parts;
  }

  async machines(): Promise<readonly string[]> {
    const living = await this.#inhabitants();
    const found = await Promise.all(
      [...living.keys()].map(async (machine) => {
        const answers = await this.#ask(machine, { method: 'GET', path: PATH }).then(
          () => true,
          (error: unknown) => onlyOurs(error),
        );
        return answers ? [machine] : [];
      }),
    );
    return found.flat().sort();
  }

  async place(machine: string, { name, roles, like }: PlacedComponent): Promise<void> {
    const query = new URLSearchParams({ like, roles: roles.join(',') });
    await this.#ask(machine, { method: 'PUT', path: `${PATH}/${encodeURIComponent(name)}?${query}` });
  }

  async remove(machine: string, name: string): Promise<void> {
    await this.#ask(machine, { method: 'DELETE', path: `${PATH}/${encodeURIComponent(name)}` });
  }

  async #ask(machine: string, asked: Asked): Promise<void> {
    const components = (await this.#inhabitants()).get(machine) ?? [];
    let reason = 'no component with a supervisor is known there';
    for (const { id } of components.slice(0, ASKED_OF_ONE)) {
      const answer = await this.#answerOf(id, asked).catch((error: Error) => error);
      if (!(answer instanceof Error)) return judge(answer, machine);
      reason = answer.message;
    }
    throw new BerthError('component.unreachable', { machine, reason: reason.replace(/\.$/, '') });
  }

  async #answerOf(component: string, asked: Asked): Promise<{ readonly status: number; readonly said: string }> {
    const { peers, clock, answerMs } = this.#parts;
    const late = new AbortController();
    const cancel = clock.after(answerMs, () => late.abort(new Error(`no answer within ${answerMs / 1000} s`)));
    try {
      const { status, body } = await peers.fetch(component, { ...asked, headers: {} }, late.signal);
      return { status, said: await text(body) };
    } finally {
      cancel();
    }
  }

  /** Components with a supervisor by their machines, those first that were heard last: of one machine, they have one clock. */
  async #inhabitants(): Promise<ReadonlyMap<string, readonly Component[]>> {
    const found: Component[] = [];
    let after: string | undefined;
    do {
      const page = await this.#parts.store.list('component', {
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      found.push(...page.items.map(({ doc }) => doc));
      after = page.next;
    } while (after !== undefined);
    const asked = found.filter(({ address, supervised }) => address !== null && supervised !== undefined);
    const latest = asked.toSorted((one, two) => two.heartbeatAt - one.heartbeatAt);
    return Map.groupBy(latest, ({ machine }) => machine);
  }
}

function judge({ status, said }: { readonly status: number; readonly said: string }, machine: string): void {
  if (status === 204) return;
  throw new BerthError('component.refused', { machine, reason: messageIn(said).replace(/\.$/, '') });
}

function messageIn(said: string): string {
  try {
    const { error } = JSON.parse(said) as { readonly error?: { readonly message?: unknown } };
    return typeof error?.message === 'string' ? error.message : said;
  } catch (error) {
    if (error instanceof SyntaxError) return said;
    throw error;
  }
}

function onlyOurs(error: unknown): false {
  if (error instanceof BerthError) return false;
  throw error;
}
