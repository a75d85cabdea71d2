// A failed installation, with what a person needs to see of it.
import { BerthError, type ErrorCode, type ErrorDetails } from '../model/errors.ts';

/** An error of an installation with the last lines that it wrote. */
export class InstallationFailed extends BerthError {
  readonly lastLines: readonly string[];

  constructor(code: ErrorCode, details: ErrorDetails, lastLines: readonly string[]) {
    super(code, details);
    this.name = 'InstallationFailed';
    this.lastLines = lastLines;
  }
}
