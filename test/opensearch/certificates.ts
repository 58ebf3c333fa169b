// Certificates for tests, made by an authority of their own; none of them is trusted anywhere.
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}
export interface Authority extends Certificate {
  sign(leaf?: LeafOptions): Certificate;
}
interface LeafOptions {
  /** What it is for; 127.0.0.1 where nothing is said. */
  readonly names?: readonly string[];
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
}

const dayMs = 86_400_000;
/** Of all that are signed: making one takes a while. */
let leafPair: Pair | undefined;
let serial = 0;

export function newAuthority(name = 'Authority of a test'): Authority {
  const pair = newPair();
  const subject = [{ name: 'commonName', value: name }];
  const cert = unsigned(pair, subject, subject, -1, 1);
  cert.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ]);
  cert.sign(forge.pki.privateKeyFromPem(pair.key), forge.md.sha256.create());
  return {
    key: pair.key,
    cert: forge.pki.certificateToPem(cert),
    sign: ({ names = ['127.0.0.1'], from = -1, to = 1 } = {}) => {
      leafPair ??= newPair();
      const leaf = leafPair;
      const signed = unsigned(leaf, [{ name: 'commonName', value: names[0]! }], subject, from, to);
      signed.setExtensions([
        { name: 'basicConstraints', cA: false },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          // 7: an address, 2: a name.
          altNames: names.map((one) =>
            /^[\d.]+$/.test(one) ? { type: 7, ip: one } : { type: 2, value: one },
          ),
        },
      ]);
      signed.sign(forge.pki.privateKeyFromPem(pair.key), forge.md.sha256.create());
      return { key: leaf.key, cert: forge.pki.certificateToPem(signed) };
    },
  };
}

interface Pair {
  readonly key: string;
  readonly publicKey: string;
}

function newPair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    // The older form, which forge reads.
    key: privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
}

function unsigned(
  { publicKey }: Pair,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  from: number,
  to: number,
): forge.pki.Certificate {
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(publicKey);
  cert.serialNumber = `01${(++serial).toString(16).padStart(6, '0')}`;
  cert.validity.notBefore = new Date(Date.now() + from * dayMs);
  cert.validity.notAfter = new Date(Date.now() + to * dayMs);
  cert.setSubject(subject);
  cert.setIssuer(issuer);
  return cert;
}
