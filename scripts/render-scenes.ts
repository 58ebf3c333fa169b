// Renders demo/scenes/*.pov into demo/pictures with POV-Ray 3.7: all of them, or those named in the arguments.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { readScenes, type Scene } from '../demo/scenes.ts';

const run = promisify(execFile);
const scenesFolder = new URL('../demo/scenes/', import.meta.url);
const picturesFolder = new URL('../demo/pictures/', import.meta.url);
const sizePx = { width: 512, height: 384 };
/** Twice two threads on a small machine would only get in each other's way. */
const threads = 2;

async function encode(png: string, scene: Scene): Promise<number> {
  const picture = sharp(await readFile(png)).removeAlpha();
  const format = scene.file.split('.').at(-1);
  if (format === 'webp') picture.webp({ quality: 86, effort: 6 });
  else if (format === 'png') picture.png({ palette: true, colours: 128, effort: 10 });
  else picture.jpeg({ quality: 86, mozjpeg: true });
  const { size } = await picture.toFile(new URL(scene.file, picturesFolder).pathname);
  return size;
}

async function render(scene: Scene, scratch: string): Promise<void> {
  const started = performance.now();
  const png = join(scratch, `${scene.name}.png`);
  // +HR: the same picture every time, radiosity included.
  const how = ['+A0.12', '+AM2', '+R2', '-J', '+HR', `+WT${threads}`, '-D'];
  const args = [`+I${scene.name}.pov`, `+O${png}`, `+W${sizePx.width}`, `+H${sizePx.height}`, ...how];
  await run('povray', args, { cwd: scenesFolder.pathname, maxBuffer: 16 * 1024 * 1024 });
  const sizeBytes = await encode(png, scene);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${scene.file.padEnd(24)} ${String(sizeBytes).padStart(7)} bytes ${seconds.padStart(6)} s`);
}

const names = process.argv.slice(2);
const scenes = (await readScenes()).filter((scene) => names.length === 0 || names.includes(scene.name));
const scratch = await mkdtemp(join(tmpdir(), 'imagedex-scenes-'));
await mkdir(picturesFolder, { recursive: true });
try {
  for (const scene of scenes) await render(scene, scratch);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
