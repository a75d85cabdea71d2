// Passwords as they are stored: Argon2id (RFC 9106) with the parameters that OWASP's cheat sheet gives first, as text in the PHC string
// format. Each takes 19 MiB and some of a core, so few are made at once and few may wait: whoever sends more is told to come back.
import { argon2 as argon2Callback, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BerthError } from '../model/errors.ts';
import type { Random } from '../ports/random.ts';

const argon2 = promisify(argon2Callback);

const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
const AT_ONCE = 2;
const MOST_WAITING = 32;
/** What more than the waiting ones take is over by then. */
const COME_BACK_AFTER_S = 5;
/** Nobody could write a costlier one into the database to hold the platform up. */
const COSTLIEST = { memory: 262_144, passes: 10, parallelism: 8 } as const;

interface Parsed {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Makes and checks the hashes of passwords, a few at a time. */
export class PasswordHashing {
  readonly #random: Random;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A password as it is stored. @throws account.too-many-tries when too many wait */
  async hash(password: string): Promise<string> {
    const salt = Buffer.from(this.#random.bytes(SALT_BYTES));
    const tag = await this.#derive(password, { ...COST, salt, tag: Buffer.alloc(TAG_BYTES) });
    return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
  }

  /** Whether a password is the one that was stored; where none was, it costs the same. @throws account.too-many-tries when too many wait */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const parsed = stored === undefined ? undefined : parsedHash(stored);
    const { tag, ...cost } = parsed ?? { ...COST, salt: Buffer.alloc(SALT_BYTES), tag: Buffer.alloc(TAG_BYTES) };
    const derived = await this.#derive(password, { ...cost, tag });
    return timingSafeEqual(derived, tag) && parsed !== undefined;
  }

  async #derive(password: string, { memory, passes, parallelism, salt, tag }: Parsed): Promise<Buffer> {
    await this.#turn();
    try {
      // The same characters may be typed as different bytes (RFC 8265, section 4.2).
      const message = password.normalize('NFC');
      return await argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: tag.length });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING)
        throw new BerthError('account.too-many-tries', { seconds: COME_BACK_AFTER_S });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }
}

function parsedHash(stored: string): Parsed | undefined {
  const [, memory = '', passes = '', parallelism = '', salt = '', tag = ''] = PHC.exec(stored) ?? [];
  if (tag === '') return undefined;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const isCostly =
    cost.memory > COSTLIEST.memory || cost.passes > COSTLIEST.passes || cost.parallelism > COSTLIEST.parallelism;
  return isCostly ? undefined : { ...cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
