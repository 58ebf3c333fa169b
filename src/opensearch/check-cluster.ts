// What is looked at when a cluster is opened. Only what makes work impossible throws; the rest is said in the log.
import { ImagedexError, messageOf, TemporaryError } from '../errors.ts';
import { blockFindings, diskFindings, type Finding, redFinding, versionFindings } from './checks.ts';
import type { Link } from './client.ts';
import { indexBlocks, nodeStates, redIndices, serverInfo, watermarks } from './cluster-answers.ts';

const sentence = ({ message, cure }: Finding): string => `${message}: ${cure}`;

/** Its requests go out together. */
export async function checkCluster(link: Link): Promise<void> {
  const info = serverInfo(link);
  const [red, blocks, full] = await Promise.all([
    found(link, async () => redFinding(await redIndices(link))),
    found(link, async () => blockFindings(await indexBlocks(link))),
    found(link, () => disks(link)),
    // Nothing is left asking when this ends.
    info.catch(() => {}),
  ]);
  const versions = versionFindings(await info);
  mustHaveNoError(versions, ImagedexError);
  mustHaveNoError(red, TemporaryError);
  for (const finding of [...versions, ...red, ...blocks, ...full]) link.log.warn(sentence(finding));
}

async function disks(link: Link): Promise<Finding[]> {
  const [nodes, marks] = await Promise.all([nodeStates(link), watermarks(link)]);
  return marks === null ? [] : diskFindings(nodes, marks);
}

/** A login may lack the right to ask that, and still do all the work. */
async function found(link: Link, ask: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await ask();
  } catch (error) {
    link.log.info(`a check of OpenSearch was left out: ${messageOf(error)}`);
    return [];
  }
}

function mustHaveNoError(findings: readonly Finding[], Fault: typeof ImagedexError): void {
  const worst = findings.find(({ level }) => level === 'error');
  if (worst !== undefined) throw new Fault('data_unavailable', sentence(worst));
}
