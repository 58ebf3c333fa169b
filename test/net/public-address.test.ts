import { expect, test } from 'vitest';
import { isPublicAddress } from '../../src/net/public-address.ts';

/** IANA's registries of special-purpose addresses (2025-10-09), multicast, and what else leads inside: the first and the last of each. */
const special: Readonly<Record<string, readonly [first: string, last: string]>> = {
  'this network': ['0.0.0.0', '0.255.255.255'],
  'private 10': ['10.0.0.0', '10.255.255.255'],
  'shared address space': ['100.64.0.0', '100.127.255.255'],
  loopback: ['127.0.0.0', '127.255.255.255'],
  'link local': ['169.254.0.0', '169.254.255.255'],
  'private 172': ['172.16.0.0', '172.31.255.255'],
  'protocol assignments': ['192.0.0.0', '192.0.0.255'],
  'documentation 1': ['192.0.2.0', '192.0.2.255'],
  'AS112 v4': ['192.31.196.0', '192.31.196.255'],
  AMT: ['192.52.193.0', '192.52.193.255'],
  '6to4 relay': ['192.88.99.0', '192.88.99.255'],
  'private 192': ['192.168.0.0', '192.168.255.255'],
  'AS112 direct': ['192.175.48.0', '192.175.48.255'],
  benchmarking: ['198.18.0.0', '198.19.255.255'],
  'documentation 2': ['198.51.100.0', '198.51.100.255'],
  'documentation 3': ['203.0.113.0', '203.0.113.255'],
  multicast: ['224.0.0.0', '239.255.255.255'],
  reserved: ['240.0.0.0', '255.255.255.255'],
  'unspecified and IPv4-compatible': ['::', '::ffff:ffff'],
  'IPv4-mapped private': ['::ffff:10.0.0.0', '::ffff:10.255.255.255'],
  'IPv4-translated': ['::ffff:0:0:0', '::ffff:0:ffff:ffff'],
  NAT64: ['64:ff9b::', '64:ff9b::ffff:ffff'],
  'NAT64 local': ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  'discard only': ['100::', '100::ffff:ffff:ffff:ffff'],
  dummy: ['100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  'IETF assignments': ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  Teredo: ['2001::7f00:1', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  anycast: ['2001:1::1', '2001:1::3'],
  'benchmarking v6': ['2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
  'AMT v6': ['2001:3::', '2001:3:ffff:ffff:ffff:ffff:ffff:ffff'],
  'AS112 v6': ['2001:4:112::', '2001:4:112:ffff:ffff:ffff:ffff:ffff'],
  ORCHID: ['2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ORCHIDv2: ['2001:20::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff'],
  drones: ['2001:30::', '2001:3f:ffff:ffff:ffff:ffff:ffff:ffff'],
  'documentation v6': ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  '6to4': ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'AS112 direct v6': ['2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  'documentation v6, longer': ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'not handed out, below': ['1fff::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'not handed out, above': ['4000::', '5eff::1'],
  'segment routing': ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'unique local': ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'link local v6': ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'link local with a zone': ['fe80::1%eth0', 'fe80::1%1'],
  'site local': ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'multicast v6': ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'platform of a cloud': ['168.63.129.16', '::ffff:168.63.129.16'],
};

test.each(Object.entries(special))('%s is not public', (_name, addresses) => {
  expect(addresses.map(isPublicAddress)).toEqual([false, false]);
});

test('addresses of the web are, up to the edges of what is not', () => {
  const web = [
    ...[
      '1.1.1.1',
      '8.8.8.8',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
    ],
    ...[
      '128.0.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.0.1.0',
      '198.17.255.255',
      '198.20.0.0',
      '223.255.255.255',
    ],
    ...['2000::1', '2001:200::1', '2001:4860:4860::8888', '2606:4700::1111', '2a00:1450::1', '3ffe::1'],
    '::ffff:8.8.8.8',
  ];
  expect(web.filter((address) => !isPublicAddress(address))).toEqual([]);
});

test('what is no address is not public', () => {
  for (const text of ['', 'localhost', '1.2.3.4.5', '1.2.3.4/8', ':::', '8.8.8.8 ', '[2606:4700::1111]'])
    expect([text, isPublicAddress(text)]).toEqual([text, false]);
});
