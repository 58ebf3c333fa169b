// `imagedex classify FILE|URL…`: what the model says of single images, without an index.
import type { Classification } from '../classify.ts';
import { plainMessage, plainValue } from '../plain-text.ts';
import { confidenceText } from './confidence-text.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const classify: Verb = {
  name: 'classify',
  words: 'FILE|URL…',
  leastWords: 1,
  mostWords: Number.POSITIVE_INFINITY,
  doc: 'says what is on single images and keeps nothing',
  details:
    'One line an image: its accepted labels, the most specific first, and the five best scores of the model. The exit\n' +
    'code is 1 where one of them could not be classified.',
  flags: {},
  options: ['model', 'dataDir', 'allowPrivateHosts'],
  examples: ['imagedex classify cat.jpg', 'imagedex classify https://example.org/cat.jpg --json'],
  json: [
    '{"file": "rex.jpg", "scores": [{"id": "n02088364", "name": "beagle", "score": 0.71}],',
    ' "labels": [{"id": "n02088364", "name": "beagle", "confidence": 0.71}]}',
  ].join('\n'),
  run: runClassify,
};

async function runClassify({ words, config, json, terminal, signal }: Call): Promise<number> {
  const [{ classifyAll }, { fromHome }] = await Promise.all([
    import('../app/classify-all.ts'),
    import('../config/config-file.ts'),
  ]);
  let code: number = exitCodes.ok;
  for await (const outcome of classifyAll(words.map(fromHome), config, signal)) {
    if ('error' in outcome) {
      code = exitCodes.error;
      terminal.err(
        `imagedex: ${plainMessage(`${outcome.file}: ${outcome.error.code}: ${outcome.error.message}`)}\n`,
      );
    } else if (!json) terminal.out(`${classifyLine(outcome)}\n`);
    if (json) terminal.out(`${JSON.stringify(outcome)}\n`);
    if (signal.aborted) return exitCodes.interrupted;
  }
  return code;
}

function classifyLine({ file, labels, scores }: Classification): string {
  const accepted = labels.map(({ name, confidence }) => `${name} ${confidenceText(confidence)}`).join(', ');
  const best = scores.map(({ name, score }) => `${name} ${confidenceText(score)}`).join(', ');
  return `${plainValue(file)}: ${accepted === '' ? 'no label is certain enough' : accepted} (scores: ${best})`;
}
