// A key and a certificate that this process alone has: by them the browser knows our proxy, and takes it for any host.
import { createHash, createPublicKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

export interface ProxyKey {
  readonly key: string;
  readonly certificate: string;
  /** What `--ignore-certificate-errors-spki-list` names: SHA-256 of the public key, in base64. */
  readonly fingerprint: string;
}

const dayMs = 24 * 3_600_000;

export async function makeProxyKey(): Promise<ProxyKey> {
  const { default: forge } = await import('node-forge');
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  certificate.serialNumber = `00${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - dayMs);
  certificate.validity.notAfter = new Date(Date.now() + 90 * dayMs);
  const name = [{ name: 'commonName', value: 'imagedex' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
  const spki = createPublicKey(pair.publicKey).export({ type: 'spki', format: 'der' });
  return {
    key: pair.privateKey,
    certificate: forge.pki.certificateToPem(certificate),
    fingerprint: createHash('sha256').update(spki).digest('base64'),
  };
}
