// What the command line is given of the world around it: main alone reads arguments, environment and terminal.
import type { Instant } from '../model/instant.ts';

/** Address of a platform and the token for it. */
export interface Credentials {
  readonly url: string;
  readonly token: string | undefined;
}

/** Everything that commands use of their surroundings. */
export interface Surroundings {
  readonly credentials: Credentials;
  /** Whether the person gave the token for whatever address they name; one that was kept goes to its own platform alone. */
  readonly tokenGiven: boolean;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
  /** Whether a person reads `out`. */
  readonly terminal: boolean;
  readonly color: boolean;
  readonly columns: number;
  /** The person's own time zone (IANA name). */
  readonly zone: string;
  readonly now: () => Instant;
  /** Waits that many milliseconds; rejects when the person leaves meanwhile. */
  readonly pause: (ms: number) => Promise<void>;
  /** Asks a yes-or-no question; undefined where nobody can answer. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /** A secret, typed unseen where a person can be asked; else what comes on standard input, without the end of its last line. */
  readonly readSecret: (question: string) => Promise<string>;
  /** Keeps credentials for the commands that follow; resolves to where. */
  readonly saveCredentials: (credentials: Credentials & { readonly token: string }) => Promise<string>;
  /** Aborts when the person wants to leave (Ctrl-C). */
  readonly leave: AbortSignal;
}
