import { BlockList, isIP, isIPv4 } from "node:net";

/**
 * Neither the internet nor a network of one's own: where nobody's server can be. Sources: RFC 6890 and its registry
 * at IANA; the clouds' metadata services.
 */
const never = list(
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.192", 32],
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
);

/** Networks of one's own, and what is not routed on the internet. Source: RFC 6890. */
const own = list(
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["::1", 128],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fec0::", 10],
);

/**
 * Whether a server may be at this IP address; one that the operator calls private may be in networks of one's own, but
 * never at a link-local or metadata address.
 */
export function addressAllowed(address: string, isPrivate: boolean): boolean {
  const bare = address.split("%")[0] ?? "";
  if (isIP(bare) === 0) return false;
  const family = isIPv4(bare) ? "ipv4" : "ipv6";
  const inner = family === "ipv6" ? embedded(bare) : undefined;
  if (inner !== undefined) return addressAllowed(inner, isPrivate);
  return !never.check(bare, family) && (isPrivate || !own.check(bare, family));
}

/**
 * The IPv4 address that an IPv6 one stands for: mapped and compatible (RFC 4291), translated (RFC 2765), NAT64
 * (RFC 6052), 6to4 (RFC 3056). A network's own NAT64 (RFC 8215) may have it anywhere in it: it is a network of one's
 * own.
 */
function embedded(address: string): string | undefined {
  const groups = groupsOf(address);
  const at = (index: number): number => groups[index] ?? 0;
  const ipv4 = (index: number): string =>
    [at(index) >> 8, at(index) & 255, at(index + 1) >> 8, at(index + 1) & 255].join(".");
  if (at(0) === 0x2002) return ipv4(1);
  if (at(0) === 0x64 && at(1) === 0xff9b && at(2) === 0) return ipv4(6);
  if (groups.slice(0, 4).some((group) => group !== 0)) return undefined;
  const [fifth, sixth] = [at(4), at(5)];
  const mapped = (fifth === 0 && sixth === 0xffff) || (fifth === 0xffff && sixth === 0);
  const compatible = fifth === 0 && sixth === 0 && (at(6) !== 0 || at(7) > 1);
  return mapped || compatible ? ipv4(6) : undefined;
}

function groupsOf(address: string): readonly number[] {
  // The URL parser writes a dotted end as two groups.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const parse = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return parse(head);
  const [first, last] = [parse(head), parse(tail)];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function list(...subnets: readonly (readonly [string, number])[]): BlockList {
  const blocked = new BlockList();
  for (const [address, prefix] of subnets) blocked.addSubnet(address, prefix, isIPv4(address) ? "ipv4" : "ipv6");
  return blocked;
}
