import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { ImagesFeed } from '../../../src/extension/panels/images-feed.js';
import type { ToCharts } from '../../../src/panels/messages.js';
import type { RunFile, WorkspaceEvent } from '../../../src/workspace/types.js';
import { pass, standStill } from '../../support/clock.js';

class Files {
  readonly byRun = new Map<string, string[]>();
  readonly listeners = new Set<(event: WorkspaceEvent) => void>();
  reads: string[] = [];

  files(runId: string, folder: string): Promise<RunFile[]> {
    this.reads.push(`${runId}:${folder}`);
    const paths = this.byRun.get(runId);
    if (!paths) return Promise.reject(new TrainyardError('NOT_FOUND', 'No such run.'));
    return Promise.resolve(paths.map((path) => ({ path, isFolder: false, bytes: 1 })));
  }

  readFile(_runId: string, path: string): Promise<Uint8Array> {
    if (path === 'lost') return Promise.reject(new TrainyardError('NOT_FOUND', 'Lost.'));
    return Promise.resolve(new TextEncoder().encode(path));
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  tell(event: WorkspaceEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

const imageOf = (key: string, step: number) => `images/${key}%step%${step}%timestamp%1%id.png`;
const wrote = (runId: string): WorkspaceEvent => ({
  type: 'run',
  runId,
  experimentId: '0',
  parts: ['files'],
});

describe('ImagesFeed', () => {
  standStill();
  let workspace: Files;
  let feed: ImagesFeed;
  let posted: ToCharts[];

  beforeEach(() => {
    workspace = new Files();
    posted = [];
    feed = new ImagesFeed({
      workspace,
      post: (message) => posted.push(message),
      warn: (message) => assert.fail(message),
    });
  });
  afterEach(() => feed.dispose());

  it('tells of the runs that have images, and of no others', async () => {
    workspace.byRun.set('a', [imageOf('grid', 2), imageOf('grid', 1)]).set('b', ['images/plot.png']);
    feed.show(['a', 'b', 'gone']);
    await pass(5);
    assert.equal(posted.length, 1);
    const [first] = posted;
    assert.ok(first?.type === 'images' && first.runId === 'a');
    assert.deepEqual(
      first.images.map(({ step }) => step),
      [1, 2],
    );
    assert.deepEqual(workspace.reads, ['a:images', 'b:images', 'gone:images']);
  });

  it('lists a run again when it wrote files, and tells when that changed its images', async () => {
    workspace.byRun.set('a', [imageOf('grid', 1)]).set('b', []);
    feed.show(['a', 'b']);
    await pass(5);
    workspace.byRun.set('b', [imageOf('grid', 5)]);
    for (const id of ['a', 'b', 'other']) workspace.tell(wrote(id));
    await pass(1100);
    assert.deepEqual(workspace.reads.slice(2), ['a:images', 'b:images']);
    assert.deepEqual(
      posted.map((message) => message.type === 'images' && message.runId),
      ['a', 'b'],
    );
  });

  it('reads only runs that are new to it', async () => {
    workspace.byRun.set('a', []).set('b', []);
    feed.show(['a']);
    await pass(5);
    feed.show(['a', 'b']);
    await pass(1100);
    assert.deepEqual(workspace.reads, ['a:images', 'b:images']);
  });

  it('gives an image, or why it cannot', async () => {
    await feed.fetch({ type: 'fetchImage', runId: 'a', path: 'x' });
    await feed.fetch({ type: 'fetchImage', runId: 'a', path: 'lost' });
    assert.deepEqual(posted[0], {
      type: 'image',
      runId: 'a',
      path: 'x',
      bytes: new TextEncoder().encode('x'),
    });
    const lost = posted[1];
    assert.ok(lost?.type === 'image' && 'error' in lost);
    assert.equal(lost.error.code, 'NOT_FOUND');
  });

  it('is silent once it is disposed', async () => {
    workspace.byRun.set('a', [imageOf('grid', 1)]);
    feed.show(['a']);
    feed.dispose();
    await pass(5);
    assert.deepEqual(posted, []);
    assert.equal(workspace.listeners.size, 0);
  });
});
