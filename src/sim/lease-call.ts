// A launcher's question for its lease on its way through the node's socket: a connection that carries one question and one answer, without
// the HTTP of the real one.
import { Duplex } from 'node:stream';

/** What a launcher is told: how long its lease holds, that it gets none for good, or nothing to rely on. */
export type LeaseAnswer =
  | { readonly is: 'given'; readonly leaseMs: number }
  | { readonly is: 'refused' }
  | { readonly is: 'failed' };

/** One question. */
export class LeaseCall extends Duplex {
  readonly task: string;
  readonly answer: (answer: LeaseAnswer) => void;

  constructor(task: string, answer: (answer: LeaseAnswer) => void) {
    super();
    this.task = task;
    this.answer = answer;
  }
}
