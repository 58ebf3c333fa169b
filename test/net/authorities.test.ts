import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAuthorities } from '../../src/net/authorities.ts';
import { newAuthority } from '../opensearch/certificates.ts';

test('every certificate of a PEM file; a file without any, or with a broken one, says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-'));
  const file = join(folder, 'ca.pem');
  const [one, two] = [newAuthority().cert, newAuthority().cert];
  await writeFile(file, `Ours:\n${one}\nand theirs:\n${two}`);
  expect((await readAuthorities(file, 'caFile')).length).toBe(2);
  await writeFile(file, 'nothing');
  await expect(readAuthorities(file, 'caFile')).rejects.toThrow(
    `caFile: expected a PEM file with certificates, but ${file} has none`,
  );
  await writeFile(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  await expect(readAuthorities(file, 'caFile')).rejects.toThrow(/has one that cannot be read/);
  await expect(readAuthorities(join(folder, 'none'), 'caFile')).rejects.toThrow(/cannot be read: ENOENT/);
  await rm(folder, { recursive: true });
});
