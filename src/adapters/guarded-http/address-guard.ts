// Which addresses may be called. Everything that is not an ordinary address of the public internet is refused, unless it is named as
// allowed: private and shared networks, the machine itself, link-local addresses (where clouds keep their metadata), documentation,
// benchmarks, multicast, and version 6 addresses that carry a version 4 one (mapped, NAT64, 6to4, Teredo), which would be a way around.
// Sources: the special-purpose registries of IANA (RFC 6890 and what they list since), and the metadata addresses of clouds outside of them.
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Version 4 ranges that are not public. The last one is Azure's, whose metadata has an address that looks public. */
const PRIVATE_V4 = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;
const NEVER_V4 = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
  '100.100.100.200/32',
] as const;
const PRIVATE_V6 = ['::1/128', 'fc00::/7'] as const;
/** Within the one range that is given to the public internet. */
const PUBLIC_V6 = '2000::/3';
const NEVER_V6 = [
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
  'fd00:ec2::/32',
] as const;

const PUBLIC = blockList([PUBLIC_V6]);
const NEVER = blockList([...NEVER_V4, ...NEVER_V6]);
const PRIVATE = blockList([...PRIVATE_V4, ...PRIVATE_V6]);

/** Judges addresses, with exceptions: hosts by name, whose private addresses may be called, and addresses or networks (CIDR), which may be called whatever they are. */
export class AddressGuard {
  readonly #networks: BlockList;
  readonly #hosts: ReadonlySet<string>;

  constructor(allowed: readonly string[]) {
    const networks = allowed.filter(isNetwork);
    this.#networks = blockList(networks);
    this.#hosts = new Set(allowed.filter((each) => !isNetwork(each)).map(plainHost));
  }

  /** Why an address that a host was resolved to may not be called; undefined: it may. */
  refusal(host: string, address: string): string | undefined {
    const plain = address.replace(/%.*$/, '');
    if (isIP(plain) === 0) return `${address} is no address`;
    // BlockList judges a mapped address by version 4 rules; it is refused as what it is, a way around them.
    if (!isIPv4(plain) && isMapped(plain)) return `${address} carries another address`;
    const family = isIPv4(plain) ? 'ipv4' : 'ipv6';
    if (this.#networks.check(plain, family)) return undefined;
    if (NEVER.check(plain, family)) return `${address} is no address of the public internet`;
    if (PRIVATE.check(plain, family))
      return this.#hosts.has(plainHost(host)) ? undefined : `${address} is a private address`;
    return family === 'ipv4' || PUBLIC.check(plain, family)
      ? undefined
      : `${address} is no address of the public internet`;
  }
}

/** A host as it is compared: lower case, without the dot of the root and the brackets of an address. */
function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[|\]$/g, '');
}

function isNetwork(text: string): boolean {
  const [address = '', bits = '0', ...more] = text.split('/');
  const most = isIPv4(address) ? 32 : 128;
  return isIP(address) !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

/** The URL parser writes every form of a version 6 address in the one shortest way, so that a prefix can be compared as text. */
function isMapped(address: string): boolean {
  return new URL(`http://[${address}]`).hostname.startsWith('[::ffff:');
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const isFour = isIPv4(address);
    list.addSubnet(address, bits === undefined ? (isFour ? 32 : 128) : Number(bits), isFour ? 'ipv4' : 'ipv6');
  }
  return list;
}
