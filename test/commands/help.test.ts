import { describe, expect, it } from 'vitest';
import { verbs } from '../../src/commands/verbs.ts';
import { optionTable } from '../../src/config/config.ts';
import { environmentName, flagName } from '../../src/option-words.ts';
import { imagedex } from './surroundings.ts';

describe.each(verbs.map((verb) => [verb.name, verb] as const))('imagedex %s --help', (name, verb) => {
  it('shows usage, every flag, the options that matter and an example', async () => {
    const { code, out, err } = await imagedex([name, '--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^Usage: imagedex ${name}\\b`));
    for (const flag of [...Object.keys(verb.flags), 'json', 'config', 'help'])
      expect(out).toContain(`  --${flag}`);
    for (const option of verb.options) expect(out).toContain(environmentName(option));
    expect(verb.examples.length).toBeGreaterThan(0);
    for (const example of verb.examples) expect(out).toContain(`  ${example}`);
  });

  it('shows as JSON what can be read as JSON', () => {
    expect(() => JSON.parse(verb.json)).not.toThrow();
  });
});

it('says what holds for import where no collection is named', async () => {
  const { out } = await imagedex(['import', '--help']);
  expect(out).toMatch(/--collection TEXT .*default the collection that the file names\]/);
});

it('lists every option in the help of config', async () => {
  const { out } = await imagedex(['config', '--help']);
  for (const [name, { doc }] of Object.entries(optionTable)) {
    expect(out).toContain(`--${flagName(name)}`);
    expect(out).toContain(doc);
  }
});
