// Both sides of moving components: asking other machines to run one, and running one that others ask for.
import { ORDINARY_ANSWER_MS, PeerComponentHost } from '../adapters/peer-component-host/peer-component-host.ts';
import type { ComponentHost, LocalComponents } from '../ports/component-host.ts';
import type { Peers } from '../ports/peers.ts';
import type { Foundations } from './foundations.ts';
import { SupervisedComponents } from './local-components.ts';

/** The machines of the platform. */
export function componentHost({ store, clock }: Foundations, peers: Peers): ComponentHost {
  return new PeerComponentHost({ peers, store, clock, answerMs: ORDINARY_ANSWER_MS });
}

/** This machine's components; null: no supervisor looks after them. */
export function localComponents({ log, identity: { component } }: Foundations): LocalComponents | null {
  const { BERTH_SUPERVISOR_COMPONENTS: directory = '' } = process.env;
  return directory === '' ? null : new SupervisedComponents({ directory, component, log });
}
