import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { readTarget } from '../../src/collections/target.ts';

const hex = (length: number) => '0123456789abcdef'.repeat(4).slice(0, length);

test.each([
  [hex(32), { kind: 'image', id: hex(32) }],
  [`image_${hex(32)}`, { kind: 'image', id: hex(32) }],
  [hex(64).toUpperCase(), { kind: 'content', sha256: hex(64) }],
  [`sha256:${hex(64)}`, { kind: 'content', sha256: hex(64) }],
  ['HTTPS://Example.org:443/a%7eb.jpg#top', { kind: 'address', url: 'https://example.org/a~b.jpg' }],
  ['http://example.org', { kind: 'address', url: 'http://example.org/' }],
  ['s3://bucket/a b.jpg', { kind: 'address', url: 's3://bucket/a b.jpg' }],
  ['file:///photos/a%20b.jpg', { kind: 'address', url: 'file:///photos/a%20b.jpg' }],
  ['/photos/a b.jpg', { kind: 'address', url: 'file:///photos/a%20b.jpg' }],
  ['Example.ORG', { kind: 'site', host: 'example.org' }],
  ['bücher.example', { kind: 'site', host: 'xn--bcher-kva.example' }],
  ['example.org:8080', { kind: 'site', host: 'example.org:8080' }],
  ['example.org/', { kind: 'site', host: 'example.org' }],
  ['localhost:3000', { kind: 'site', host: 'localhost:3000' }],
  ['[::1]:8080', { kind: 'site', host: '[::1]:8080' }],
  ['127.0.0.1', { kind: 'site', host: '127.0.0.1' }],
])('%s', (typed, target) => {
  expect(readTarget(typed)).toEqual(target);
});

test.each(['s3://bucket/folder/', '/no/such/folder/', tmpdir(), pathToFileURL(tmpdir()).href])(
  'a folder is none: %s',
  (typed) => {
    expect(() => readTarget(typed)).toThrow('Name each file or object that is to go');
  },
);

test.each([
  '',
  'photo',
  hex(31),
  'ftp://example.org/a.jpg',
  's3://bucket',
  's3://bucket/',
  'file:///',
  'example.org/path.jpg',
  'user@example.org',
  'a b.org',
  'https://',
])('no target: %s', (typed) => {
  expect(() => readTarget(typed)).toThrow('expected an image');
});
