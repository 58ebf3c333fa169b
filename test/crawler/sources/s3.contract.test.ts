import { afterAll, beforeAll, describe, vi } from 'vitest';
import { open } from '../../../src/crawler/sources/s3.ts';
import { describeSource } from '../../contracts/source.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../../s3-server.ts';

describe.skipIf(!hasS3Server)('on a real server', () => {
  let server: S3Server;
  let worlds = 0;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
    server = await openS3Server(['pictures']);
  });
  afterAll(async () => {
    await server.close();
    vi.unstubAllEnvs();
  });

  describeSource('s3', async () => {
    const prefix = `world-${worlds++}/`;
    const settings = {
      s3Endpoint: server.endpoint,
      s3Region: '',
      s3Anonymous: false,
      maxImageBytes: 100_000,
      fetchTimeoutMs: 10_000,
    };
    return {
      open: () => open({ address: `pictures/${prefix}`, settings }),
      openMissing: () => open({ address: 'missing', settings }),
      put: (name, content) => server.put('pictures', prefix + name, content),
      remove: (name) => server.remove('pictures', prefix + name),
      close: async () => {},
    };
  });
});
