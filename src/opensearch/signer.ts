// Signs requests for an Amazon OpenSearch Service domain (SigV4), by the client's own signer and the usual AWS credentials.
import type { AwsSigv4SignerResponse } from '@opensearch-project/opensearch/aws-v3';
import { ImagedexError, messageOf, TemporaryError } from '../errors.ts';

/** Asks for credentials when the first request is made, and again before they expire. */
export async function openSigner(region: string): Promise<AwsSigv4SignerResponse> {
  // What the SDK says of its future is for us, not for those who crawl.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const [{ AwsSigv4Signer }, { defaultProvider }] = await Promise.all([
    import('@opensearch-project/opensearch/aws-v3'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const provide = defaultProvider();
  return AwsSigv4Signer({
    region,
    service: 'es',
    getCredentials: async () => {
      try {
        return await provide();
      } catch (error) {
        throw credentialFault(error);
      }
    },
  });
}

function credentialFault(error: unknown): ImagedexError {
  const message = messageOf(error);
  if (/could not load credentials from any providers/i.test(message))
    return new ImagedexError(
      'config_invalid',
      'expected AWS credentials for the OpenSearch of opensearchAwsRegion, but there are none: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role',
      { cause: error },
    );
  // A login that has expired may be renewed while a crawl waits.
  return new TemporaryError(
    'data_unavailable',
    `AWS credentials for OpenSearch cannot be had: ${message.split('\n')[0]}`,
    { cause: error },
  );
}
