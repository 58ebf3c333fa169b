// test/ mirrors src/ file for file. What has no test of its own is listed here with the test of the whole that it is a part of.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesIn, projectRoot } from './source-files.ts';

/** Tests that say more about a file than one of its own could: the whole that it is a part of. */
const testedAsPart: Readonly<Record<string, readonly string[]>> = {
  'api/server.test.ts': [
    'api/api-errors.ts',
    'api/graphql.ts',
    'api/health.ts',
    'api/pages.ts',
    'api/query-limits.ts',
  ],
  'api/embedded-fields.test.ts': ['api/cross-origin.ts', 'api/embedded-view.ts'],
  'api/classify-route.test.ts': ['api/upload-limit.ts'],
  'api/mutations.test.ts': [
    'api/classification-resolvers.ts',
    'api/classify-codes.ts',
    'api/classify-room.ts',
    'api/schedule-resolvers.ts',
    'app/api-actions.ts',
  ],
  'api/resolvers.test.ts': [
    'api/collection-resolvers.ts',
    'api/collections.ts',
    'api/context.ts',
    'api/crawl-resolvers.ts',
    'api/failure-resolvers.ts',
    'api/image-query.ts',
    'api/image-resolvers.ts',
    'api/label-resolvers.ts',
    'api/node-id.ts',
    'api/scalars.ts',
    'api/search-resolvers.ts',
  ],
  'commands/collections.test.ts': [
    'app/collections.ts',
    'collections/collection-summary.ts',
    'commands/collection-text.ts',
    'commands/collection-view.ts',
  ],
  'collections/copy-collection.test.ts': [
    'collections/compare-answers.ts',
    'collections/copy-blobs.ts',
    'collections/copy-images.ts',
    'collections/copy-pass.ts',
    'collections/copy-records.ts',
  ],
  'collections/forget.test.ts': [
    'collections/drop-items.ts',
    'collections/drop-mentions.ts',
    'collections/reach.ts',
    'crawler/taken-down.ts',
  ],
  'faults/forget.test.ts': ['collections/keep-down.ts'],
  'crawls/crawls.test.ts': [
    'crawls/open-sources.ts',
    'crawls/crawl-clock.ts',
    'crawls/crawl-history.ts',
    'crawls/retry-items.ts',
  ],
  'collections/import-collection.test.ts': [
    'app/move-collection.ts',
    'batches.ts',
    'collections/export-format.ts',
    'collections/merge-lines.ts',
  ],
  'collections/retention.test.ts': ['app/keep-retention.ts', 'collections/unused-renditions.ts'],
  'commands/export.test.ts': [
    'commands/backup.ts',
    'commands/import.ts',
    'commands/prune.ts',
    'commands/status-line.ts',
  ],
  'crawler/host-gate.test.ts': ['crawler/host-turn.ts'],
  'faults/backup.test.ts': ['app/make-backup.ts', 'collections/backup.ts'],
  'crawler/sources/list-crawl.test.ts': ['crawler/source.ts'],
  'faults/web-changes.test.ts': ['crawls/conclude.ts', 'crawler/page-view.ts', 'crawler/remember-page.ts'],
  'crawler/find-images.test.ts': ['crawler/page-skip.ts'],
  'journeys/photos.test.ts': [
    'app.ts',
    'app/classify-all.ts',
    'app/crawl-parts.ts',
    'crawl-report.ts',
    'search.ts',
  ],
  'faults/watch.test.ts': [
    'api/watch-resolvers.ts',
    'crawls/watch/watch-state.ts',
    'crawls/watch/watches.ts',
  ],
  'journeys/watch.test.ts': ['app/watched-sources.ts', 'crawls/watch/watch-source.ts'],
  'faults/kill.test.ts': [
    'crawls/pipeline.ts',
    'crawls/page-way.ts',
    'crawls/image-way.ts',
    'indexer/remember-location.ts',
    'work.ts',
  ],
  'blobs/folder.test.ts': ['blobs/blobs.ts'],
  'cli.test.ts': [
    'classify.ts',
    'commands/classify.ts',
    'commands/crawl.ts',
    'commands/models.ts',
    'commands/serve.ts',
  ],
  'commands/schedule.test.ts': ['commands/schedule-text.ts'],
  'commands/store.test.ts': ['app/store.ts'],
  'indexer/stores/opensearch/migrate.test.ts': ['opensearch/migrate.ts'],
  'commands/search.test.ts': ['commands/label-json.ts'],
  'commands/init.test.ts': ['commands/config-text.ts'],
  'crawls/dry-run.test.ts': ['commands/dry-run-view.ts'],
  'commands/command-line.test.ts': ['commands/verb.ts', 'commands/verbs.ts'],
  'config/config.test.ts': [
    'config/config-check.ts',
    'config/config-file.ts',
    'crawler/options.ts',
    'crawler/render/options.ts',
    'inference/options.ts',
    'opensearch/options.ts',
    's3/options.ts',
  ],
  'option-words.test.ts': ['options.ts'],
  'crawler/extract-images.test.ts': [
    'crawler/image-url.ts',
    'crawler/page/backgrounds.ts',
    'crawler/page/finds.ts',
    'crawler/page/frames.ts',
    'crawler/page/head.ts',
    'crawler/page/languages.ts',
    'crawler/page/lazy.ts',
    'crawler/page/links.ts',
    'crawler/page/marks.ts',
    'crawler/page/outline.ts',
    'crawler/page/pictures.ts',
    'crawler/page/reader.ts',
    'crawler/page/resolve.ts',
    'crawler/page/text.ts',
    'crawler/page/words.ts',
  ],
  'crawler/render/galleries.test.ts': [
    'crawler/render/browser-arguments.ts',
    'crawler/render/collect-page.ts',
    'crawler/render/in-page.ts',
    'crawler/render/open-page.ts',
  ],
  'crawler/render/hostile-pages.test.ts': [
    'crawler/render/browser-process.ts',
    'crawler/render/page-clock.ts',
    'crawler/render/within.ts',
  ],
  'crawler/render/page-traffic.test.ts': [
    'crawler/render/asset-cache.ts',
    'crawler/render/missed-requests.ts',
    'crawler/render/page-headers.ts',
    'crawler/render/request-kind.ts',
  ],
  'crawler/render/proxy.test.ts': ['crawler/render/proxy-key.ts'],
  'crawler/sources/s3.test.ts': ['s3/bucket-path.ts', 's3/client.ts', 's3/faults.ts'],
  'crawler/sources/list.test.ts': ['crawler/read-date.ts'],
  'journeys/crawling-again.test.ts': ['crawler/visit-page.ts', 'crawls/known-skip.ts'],
  'crawler/sources/web.test.ts': [
    'crawler/fetch-image.ts',
    'crawler/web-answers.ts',
    'crawler/web-location.ts',
  ],
  'inference/describers.test.ts': [
    'describer.ts',
    'inference/crew.ts',
    'inference/describe-image.ts',
    'inference/describer-loop.ts',
    'inference/describer-process.ts',
    'inference/seat.ts',
  ],
  'indexer/fold.test.ts': ['indexer/document.ts', 'indexer/likeness.ts', 'indexer/switch-folding.ts'],
  'inference/preprocess.test.ts': ['inference/exif.ts'],
  'inference/repository.test.ts': ['inference/model-config.ts'],
  'indexer/stores/sqlite.test.ts': ['indexer/image-index.ts', 'indexer/matched-labels.ts'],
  'labels/label-maker.test.ts': ['labels/hidden.ts'],
  'labels/taxonomy.test.ts': ['labels/aliases.ts', 'labels/wordnet-table.ts'],
  'ledgers/sqlite.test.ts': ['ledger.ts'],
  'net/guarded-fetch.test.ts': [
    'net/answer.ts',
    'net/deadline.ts',
    'net/decode.ts',
    'net/read-body.ts',
    'net/retry-after.ts',
  ],
  'opensearch/cluster.test.ts': ['opensearch/signer.ts'],
  'opensearch/faults.test.ts': ['opensearch/connection-faults.ts'],
  'opensearch/inspect.test.ts': [
    'opensearch/check-cluster.ts',
    'opensearch/cluster-answers.ts',
    'opensearch/index-states.ts',
  ],
  'opensearch/bulk-writer.test.ts': [
    'opensearch/bulk-answer.ts',
    'opensearch/bulk-dispatch.ts',
    'opensearch/bulk-ends.ts',
    'opensearch/bulk-entry.ts',
    'opensearch/bulk-intake.ts',
    'opensearch/bulk-operation.ts',
    'opensearch/bulk-pace.ts',
    'opensearch/bulk-queue.ts',
    'opensearch/bulk-request.ts',
    'opensearch/bulk-trouble.ts',
  ],
  'sqlite/database.test.ts': [
    'sqlite/batch.ts',
    'sqlite/binding.ts',
    'sqlite/busy.ts',
    'sqlite/messages.ts',
    'sqlite/migrate.ts',
    'sqlite/thread.ts',
  ],
};
const parts = Object.values(testedAsPart).flat();

const files = filesIn('src').filter((file) => !file.endsWith('.d.ts') && !file.startsWith('api/web/'));
const hasTest = (file: string) => existsSync(join(projectRoot, 'test', file.replace(/\.ts$/, '.test.ts')));
/** `ledgers/sqlite/tables.ts` is a part of the driver `ledgers/sqlite.ts`. */
const ofTestedDriver = (file: string) => hasTest(`${file.replace(/\/[^/]+$/, '')}.ts`);
const hasCode = (file: string) =>
  /^(export )?(async )?(const|let|function|class)\b/m.test(
    readFileSync(join(projectRoot, 'src', file), 'utf8'),
  );
const lacksTest = (file: string) => hasCode(file) && !hasTest(file) && !ofTestedDriver(file);

it('has a test for every source file, or says where it is tested', () => {
  expect(files.filter((file) => lacksTest(file) && !parts.includes(file))).toEqual([]);
});

it('lists nothing that is not so any more', () => {
  expect(parts.filter((file) => !files.includes(file) || !lacksTest(file))).toEqual([]);
  const tests = Object.keys(testedAsPart);
  expect(tests.filter((test) => !existsSync(join(projectRoot, 'test', test)))).toEqual([]);
});
