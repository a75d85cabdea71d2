// Writes zips byte by byte, lies included (PKWARE APPNOTE 6.3.10): what no zip program would write, an attacker does.
import { crc32, deflateRawSync } from 'node:zlib';

/** One entry; what is left out is told truthfully. */
export interface RawEntry {
  readonly name: string | Buffer;
  readonly contents?: string | Buffer;
  /** 8 deflates; any other number stores the contents as they are, and says that number. */
  readonly method?: number;
  readonly unixMode?: number;
  readonly flags?: number;
  readonly declaredBytes?: number;
  readonly compressedBytes?: number;
  readonly crc?: number;
  /** The name before the contents, where it differs from that in the directory. */
  readonly localName?: string;
  readonly localMethod?: number;
  /** Directory entry alone, for the contents of the entry with this index. */
  readonly contentsOf?: number;
  /** Sizes as 64 bits in an extra field. */
  readonly zip64?: boolean;
}

/** What the end of the zip says. */
export interface RawEnd {
  readonly entryCount?: number;
  readonly comment?: string;
  readonly zip64?: boolean;
}

const UTF8 = 0x800;

/** The bytes of a zip with these entries. */
export function rawZip(entries: readonly RawEntry[], end: RawEnd = {}): Buffer {
  const parts: Buffer[] = [];
  const offsets: number[] = [];
  let size = 0;
  for (const entry of entries) {
    offsets.push(entry.contentsOf === undefined ? size : (offsets[entry.contentsOf] ?? 0));
    if (entry.contentsOf !== undefined) continue;
    const part = localPart(entry);
    parts.push(part);
    size += part.length;
  }
  const directory = Buffer.concat(entries.map((entry, index) => directoryPart(entry, offsets[index] ?? 0)));
  return Buffer.concat([...parts, directory, endPart(entries.length, size, directory.length, end)]);
}

function packed(entry: RawEntry): Buffer {
  const contents = Buffer.from(entry.contents ?? '');
  return (entry.method ?? 8) === 8 ? deflateRawSync(contents) : contents;
}

function localPart(entry: RawEntry): Buffer {
  const name = Buffer.from(entry.localName ?? entry.name);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(entry.flags ?? UTF8, 6);
  header.writeUInt16LE(entry.localMethod ?? entry.method ?? 8, 8);
  writeSizes(header, 14, entry);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name, packed(entry)]);
}

function writeSizes(header: Buffer, at: number, entry: RawEntry): void {
  const contents = Buffer.from(entry.contents ?? '');
  const wide = entry.zip64 ? 0xffffffff : undefined;
  header.writeUInt32LE(entry.crc ?? crc32(contents), at);
  header.writeUInt32LE(wide ?? entry.compressedBytes ?? packed(entry).length, at + 4);
  header.writeUInt32LE(wide ?? entry.declaredBytes ?? contents.length, at + 8);
}

function directoryPart(entry: RawEntry, offset: number): Buffer {
  const name = Buffer.from(entry.name);
  const extra = entry.zip64 ? zip64Extra(entry) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE((3 << 8) | 20, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(entry.flags ?? UTF8, 8);
  header.writeUInt16LE(entry.method ?? 8, 10);
  writeSizes(header, 16, entry);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((entry.unixMode ?? 0o100644) << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, name, extra]);
}

function zip64Extra(entry: RawEntry): Buffer {
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(entry.declaredBytes ?? Buffer.from(entry.contents ?? '').length), 4);
  extra.writeBigUInt64LE(BigInt(entry.compressedBytes ?? packed(entry).length), 12);
  return extra;
}

function endPart(count: number, directoryAt: number, directoryBytes: number, end: RawEnd): Buffer {
  const comment = Buffer.from(end.comment ?? '');
  const header = Buffer.alloc(22);
  const entryCount = end.entryCount ?? count;
  header.writeUInt32LE(0x06054b50, 0);
  header.writeUInt16LE(end.zip64 ? 0xffff : entryCount, 8);
  header.writeUInt16LE(end.zip64 ? 0xffff : entryCount, 10);
  header.writeUInt32LE(directoryBytes, 12);
  header.writeUInt32LE(end.zip64 ? 0xffffffff : directoryAt, 16);
  header.writeUInt16LE(comment.length, 20);
  const wide = end.zip64 ? zip64End(entryCount, directoryAt, directoryBytes) : Buffer.alloc(0);
  return Buffer.concat([wide, header, comment]);
}

function zip64End(entryCount: number, directoryAt: number, directoryBytes: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(entryCount), 24);
  record.writeBigUInt64LE(BigInt(entryCount), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}
