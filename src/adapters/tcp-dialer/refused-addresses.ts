// Which addresses an application never reaches through the platform, whatever it declared.
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Ranges with why they are refused. Private networks are not among them: the devices that applications talk to are there. */
const RANGES = [
  { reason: 'it is an address of the machine itself', ranges: ['127.0.0.0/8', '::1/128'] },
  { reason: 'it is no address of one machine', ranges: ['0.0.0.0/8', '::/128'] },
  { reason: 'it is a link-local address', ranges: ['169.254.0.0/16', 'fe80::/10'] },
  { reason: 'it is a multicast address', ranges: ['224.0.0.0/4', 'ff00::/8'] },
  { reason: 'it is a reserved or broadcast address', ranges: ['240.0.0.0/4'] },
] as const;

/**
 * Version 6 prefixes of 96 bits that carry a version 4 address in their last 32: compatible (RFC 4291, deprecated) and NAT64 (RFC 6052).
 * Node's BlockList judges mapped addresses (`::ffff:…`, RFC 4291) by their version 4 rules itself.
 */
const CARRIERS = ['::', '64:ff9b::'] as const;

const LISTS = RANGES.map(({ reason, ranges }) => ({ reason, list: blockList(ranges) }));

/** Addresses an application may not reach, and exceptions from that. */
export class RefusedAddresses {
  readonly #refused: BlockList;
  readonly #allowed: BlockList;

  /** Both are lists of addresses or of ranges such as `10.0.0.0/8`. */
  constructor(refused: readonly string[], allowed: readonly string[]) {
    this.#refused = blockList(refused);
    this.#allowed = blockList(allowed);
  }

  /** Why an address is refused; undefined when it may be reached. */
  reason(address: string): string | undefined {
    const plain = carriedAddress(address.replace(/%.*$/, ''));
    const family = isIPv4(plain) ? 'ipv4' : 'ipv6';
    if (this.#allowed.check(plain, family)) return undefined;
    if (this.#refused.check(plain, family)) return 'it is an address of the platform';
    return LISTS.find(({ list }) => list.check(plain, family))?.reason;
  }
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    if (isIP(address) === 0) throw new TypeError(`${range} is neither an address nor a range of addresses`);
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits === undefined ? (isIPv4(address) ? 32 : 128) : Number(bits), family);
  }
  return list;
}

// The URL parser writes every form of a version 6 address in the one shortest way, so that prefixes can be compared as text.
function carriedAddress(address: string): string {
  if (isIPv4(address)) return address;
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  for (const carrier of CARRIERS) {
    const carried = shortest.startsWith(carrier) ? shortest.slice(carrier.length) : '';
    const groups = /^(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(carried);
    if (groups && shortest !== '::1') return dotted(groups[1] ?? '0', groups[2] ?? '0');
  }
  return shortest;
}

function dotted(high: string, low: string): string {
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
