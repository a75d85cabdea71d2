// The secrets of this task: files in memory, which the launcher's courier keeps as the platform says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretMissing } from './errors.js';
import { task } from './task.js';

const USUAL_DIRECTORY = '/run/secrets';

/** The value of a secret that the instance names, as it is now. @throws SecretMissing */
export function secret(name) {
  if (typeof name !== 'string') throw new TypeError(`the name of a secret is a text, not a ${typeof name}`);
  const { secrets = [], secretsDirectory = USUAL_DIRECTORY } = task();
  if (!secrets.includes(name)) throw missing(name, 'The instance does not name it: add it to "secrets" in the instance file.');
  try {
    return readFileSync(join(secretsDirectory, name), 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw missing(name, 'It was taken away on the platform.');
  }
}

function missing(name, why) {
  return new SecretMissing(`There is no secret ${JSON.stringify(name)} here. ${why}`);
}
