// A task file as a tar of two entries, in the ustar format (POSIX.1-1988, IEEE Std 1003.1 pax, "ustar Interchange Format").

/** Owner of everything in it: the task's own user. */
const OWNER = 65534;
const BLOCK = 512;
const NOTHING = Buffer.alloc(0);

/** A tar with the directory `.berth` (0700) and `.berth/task.json` (0400), to be put into /scratch. */
export function taskArchive(contents: Readonly<Record<string, unknown>>): Buffer {
  const bytes = Buffer.from(JSON.stringify(contents));
  const directory = entry({ name: '.berth/', mode: 0o700, type: '5', bytes: NOTHING });
  const file = entry({ name: '.berth/task.json', mode: 0o400, type: '0', bytes });
  return Buffer.concat([directory, file, Buffer.alloc(2 * BLOCK)]);
}

interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly type: '0' | '5';
  readonly bytes: Buffer;
}

function entry({ name, mode, type, bytes }: Entry): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write(octal(mode, 8), 100);
  header.write(octal(OWNER, 8), 108);
  header.write(octal(OWNER, 8), 116);
  header.write(octal(bytes.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  header.write(octal(checksum(header), 7), 148);
  header.write(' ', 155);
  return Buffer.concat([header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

/** Zero-padded octal digits and a terminating NUL, `width` bytes in all. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\u0000`;
}

/** The sum of the header's bytes, with its own field taken as eight spaces. */
function checksum(header: Buffer): number {
  const fieldAsSpaces = 8 * 0x20;
  return header.reduce((sum, byte) => sum + byte, fieldAsSpaces);
}
