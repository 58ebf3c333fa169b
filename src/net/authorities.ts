// Certificate authorities of one's own, from a PEM file, and what a connection trusts with them.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';
import { ImagedexError, messageOf } from '../errors.ts';

/** The certificates in the file, as PEM. Throws `config_invalid` where there are none; `option` is what named it. */
export async function readAuthorities(file: string, option: string): Promise<readonly string[]> {
  const expected = `${option}: expected a PEM file with certificates, but ${file}`;
  const text = await readFile(file, 'utf8').catch((error) => {
    throw wrong(`${expected} cannot be read: ${messageOf(error)}`);
  });
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw wrong(`${expected} has none`);
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw wrong(`${expected} has one that cannot be read: ${messageOf(error)}`);
    }
  }
  return certificates;
}

/** Trusts these and whom Node.js trusts anyway. Made once: to read all those certificates takes milliseconds. */
export function trusting(authorities: readonly string[]): tls.SecureContext {
  // Newer ones say what NODE_EXTRA_CA_CERTS and --use-system-ca add; before there was only the bundled list.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  const usual = getCACertificates?.('default') ?? tls.rootCertificates;
  return tls.createSecureContext({ ca: [...usual, ...authorities] });
}

const wrong = (message: string): ImagedexError => new ImagedexError('config_invalid', message);
