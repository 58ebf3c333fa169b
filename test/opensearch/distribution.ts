// OpenSearch as Maven Central has it: downloaded and unpacked once, then kept for all test runs of this user.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The newest of each line that can be had without Docker. */
export const versions = { '2': '2.19.1', '3': '3.6.0' } as const;
export type Line = keyof typeof versions;

export interface Distribution {
  readonly home: string;
  readonly javaHome: string;
}

/** 2.x wants a security manager, which Java has no more since 24. */
const javas: { readonly [L in Line]: readonly [least: number, most: number] } = {
  '2': [17, 23],
  '3': [21, 99],
};
/** Root's servers run as a user without rights, who cannot see into root's home. */
const cache =
  process.geteuid?.() === 0
    ? '/var/cache/imagedex-ci'
    : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'imagedex-ci');

/** Throws where Java, Maven or the package cannot be had. */
export async function distributionOf(line: Line): Promise<Distribution> {
  const javaHome = javaOf(...javas[line]);
  const version = versions[line];
  const home = join(cache, `opensearch-${version}`);
  if (!existsSync(home)) await unpack(version, home);
  return { home, javaHome };
}

function javaOf(least: number, most: number): string {
  const roots = '/usr/lib/jvm';
  const homes = [
    process.env['JAVA_HOME'] ?? '',
    ...(existsSync(roots) ? readdirSync(roots) : []).map((name) => join(roots, name)),
  ];
  const found = homes
    .filter((home) => home !== '' && existsSync(join(home, 'bin', 'java')))
    .map((home) => ({ home, major: majorOf(join(home, 'bin', 'java')) }))
    .filter(({ major }) => major >= least && major <= most)
    .sort((a, b) => b.major - a.major)[0];
  if (found === undefined) throw new Error(`expected a JDK of ${least} to ${most} in JAVA_HOME or ${roots}`);
  return found.home;
}

const majorOf = (java: string): number =>
  Number(/version "(\d+)/.exec(spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr)?.[1] ?? 0);

async function unpack(version: string, home: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(join(cache, 'unpacking-'));
  try {
    const zip = await download(
      `org.opensearch.distribution.integ-test-zip:opensearch:${version}:zip`,
      temporary,
    );
    run('unzip', ['-q', join(temporary, zip), '-d', temporary]);
    const unpacked = join(temporary, `opensearch-${version}`);
    if (!existsSync(join(unpacked, 'modules', 'mapper-extras'))) await addMapperExtras(version, unpacked);
    // The server runs as a user without rights.
    run('chmod', ['-R', 'a+rX', unpacked]);
    await rename(unpacked, home).catch((error) => {
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The package of 2.19 has no module but the transport; what a full distribution has besides lies there as jars. */
async function addMapperExtras(version: string, unpacked: string): Promise<void> {
  const folder = join(unpacked, 'modules', 'mapper-extras');
  await mkdir(folder, { recursive: true });
  const jar = await download(`org.opensearch.plugin:mapper-extras-client:${version}:jar`, unpacked);
  await copyFile(join(unpacked, jar), join(folder, jar));
  await rm(join(unpacked, jar));
  const descriptor = {
    description: 'Adds advanced field mappers',
    version,
    name: 'mapper-extras',
    classname: 'org.opensearch.index.mapper.MapperExtrasPlugin',
    'java.version': '11',
    'opensearch.version': version,
    'extended.plugins': '',
    'has.native.controller': 'false',
  };
  const lines = Object.entries(descriptor).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, 'plugin-descriptor.properties'), lines.join(''));
}

async function download(artifact: string, folder: string): Promise<string> {
  run('mvn', [
    '-q',
    '-B',
    'org.apache.maven.plugins:maven-dependency-plugin:copy',
    `-Dartifact=${artifact}`,
    `-DoutputDirectory=${folder}`,
  ]);
  const [, name, version, type] = artifact.split(':');
  return `${name}-${version}.${type}`;
}

function run(command: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error ?? `${stdout}${stderr}`}`);
}
