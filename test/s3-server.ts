// A real S3 server for tests: versitygw on a folder of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { testFolder } from './world.ts';

const binary = 'versitygw';

/** False where the server is not installed: then say `test.skipIf(!hasS3Server)`. Under CI=true it must be there. */
export const hasS3Server = ((): boolean => {
  if (spawnSync(binary, ['--version']).status === 0) return true;
  if (process.env['CI'] === 'true')
    throw new Error(`${binary} is absent, and under CI=true nothing is skipped`);
  process.stderr.write(`skipped: needs ${binary}, which is absent\n`);
  return false;
})();

export const credentials = { accessKeyId: 'testkey', secretAccessKey: 'testsecret' };

/** Of which nothing of this machine's can come in between. */
export const s3Environment = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

export interface S3Server {
  readonly endpoint: string;
  /** Its buckets as folders. */
  readonly folder: string;
  readonly client: S3Client;
  put(
    bucket: string,
    key: string,
    content: Uint8Array,
    more?: Partial<PutObjectCommand['input']>,
  ): Promise<void>;
  /** The same object under other keys, as if each had been put: links have the attributes in which the server keeps etags. */
  copy(bucket: string, key: string, to: readonly string[]): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** The requests since the last call, as the server itself has logged them: `REST.GET.OBJECT`, or what it calls them. */
  asked(): Promise<string[]>;
  /** Without a goodbye; `start` brings it back at the same address. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
    server.once('error', reject);
  });

export async function openS3Server(buckets: readonly string[]): Promise<S3Server> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const own = await testFolder();
  const folder = join(own, 'buckets');
  const log = join(own, 'access.log');
  await mkdir(folder);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let seen = 0;

  const start = async (): Promise<void> => {
    child = spawn(binary, ['--port', `127.0.0.1:${port}`, '--quiet', '--access-log', log, 'posix', folder], {
      stdio: 'ignore',
      env: {
        ...process.env,
        ROOT_ACCESS_KEY: credentials.accessKeyId,
        ROOT_SECRET_KEY: credentials.secretAccessKey,
      },
    });
    while (
      !(await fetch(endpoint).then(
        () => true,
        () => false,
      ))
    ) {
      if (child.exitCode !== null) throw new Error(`${binary} ended with ${child.exitCode}`);
      await sleep(20);
    }
  };
  const kill = async (): Promise<void> => {
    const ended = new Promise((resolve) => child!.once('exit', resolve));
    child!.kill('SIGKILL');
    await ended;
  };
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  const entries = async (): Promise<string[]> =>
    (await readFile(log, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

  const stop = () => child?.kill('SIGKILL');
  process.once('exit', stop);
  await start();
  for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket }));
  return {
    endpoint,
    folder,
    client,
    put: async (Bucket, Key, Body, more = {}) => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
    },
    copy: async (bucket, key, to) => {
      const place = (one: string): string => join(folder, bucket, one);
      for (const one of to) {
        await mkdir(dirname(place(one)), { recursive: true });
        await link(place(key), place(one));
      }
    },
    remove: async (Bucket, Key) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    asked: async () => {
      const all = await entries();
      const fresh = all.slice(seen);
      seen = all.length;
      return fresh.map((line) => / s3_(\w+) /.exec(line)?.[1] ?? line);
    },
    kill,
    start,
    close: async () => {
      process.off('exit', stop);
      client.destroy();
      if (child?.exitCode === null && child.signalCode === null) await kill();
      await rm(own, { recursive: true, force: true });
    },
  };
}
