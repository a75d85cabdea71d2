// Bounds what a file may make the process do: a rule can be impossible to fulfil, or recur every second for a thousand years.
import { calendarTooLarge } from './calendar-fault.ts';

/** About a second on a small machine; the calendar of an office takes less than a hundredth of it. */
const MOST_STEPS = 100_000;

/** Counts the steps of all recurrences of one file together. */
export class WorkBudget {
  #left = MOST_STEPS;

  /** @throws calendar.too-large when nothing is left */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw calendarTooLarge(`its recurring events take more than ${MOST_STEPS} steps to work out`);
  }
}
