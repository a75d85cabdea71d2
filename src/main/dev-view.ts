// What `berth dev` shows: a line for each thing that happens, for people or as JSON for programs.
import { jsonText } from '../cli/json-text.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import { plain } from '../cli/text-table.ts';

/** What a line is about. */
export type DevKind = 'berth' | 'log' | 'output' | 'action' | 'control';

const WIDTH = 8;

/** Writes lines as things happen. */
export class DevView {
  readonly #surroundings: Surroundings;
  readonly #isJson: boolean;

  constructor(surroundings: Surroundings, form: 'text' | 'json') {
    this.#surroundings = surroundings;
    this.#isJson = form === 'json';
  }

  /** Shows a line; `details` are for programs. */
  show(kind: DevKind, text: string, details: Readonly<Record<string, unknown>> = {}): void {
    const { out, now, zone } = this.#surroundings;
    const at = Temporal.Instant.fromEpochMilliseconds(now());
    const time = () => at.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'second' });
    if (this.#isJson) out.write(`${jsonText({ at: at.toString(), kind, text, ...details }, 0)}\n`);
    else out.write(`${time()} ${kind.padEnd(WIDTH)}${plain(text)}\n`);
  }
}
