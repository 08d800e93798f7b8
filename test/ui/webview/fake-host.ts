/**
 * The editor's side of the charts page, inside the page. Injected by Playwright before the page's own script; it must
 * not use anything from outside of its function.
 */
export interface FakeSeries {
  steps: number[];
  times: number[];
  /** 'NaN' and 'Infinity' as words, since they get here as JSON. */
  values: (number | string)[];
}

export interface FakeRun {
  id: string;
  workspace: string;
  number: number;
  name: string;
  state: string;
  startTime: number;
  metrics: string[];
  failure?: unknown;
  isJob?: true;
  hasLog?: true;
}

export interface FakeImage {
  key: string;
  step: number;
  path: string;
  small: string;
}

interface Wanted {
  runId: string;
  key: string;
  from: number;
  fromStep?: number;
  toStep?: number;
}

/** What tests reach as `window.fake`. */
export interface FakeHost {
  runs: FakeRun[];
  missing: string[];
  workspaces: { id: string; label: string; problem?: object; isPending?: true }[];
  labels: { id: string; values: string[]; codes: number[] }[];
  settings: object;
  /** Besides the settings, what a person made of the charts. */
  layout: object;
  /** runId → metric → points */
  series: Record<string, Record<string, FakeSeries>>;
  /** runId → images, by key and step */
  images: Record<string, FakeImage[]>;
  sent: { type: string; series?: { runId: string; key: string; from: number; fromStep?: number }[] }[];
  /** Messages of the page are not answered while true. */
  isSilent: boolean;
  state: unknown;
  fail: { code: string; message: string; hint?: string } | undefined;
  /** Says something to the page. */
  say(message: unknown): void;
  init(): void;
  /** What the host has of these. */
  pointsOf(series: Wanted[], maxPoints: number): object[];
  append(runId: string, key: string, points: FakeSeries): void;
}

export function installFakeHost(given: Pick<FakeHost, 'runs' | 'series'> & Partial<FakeHost>): void {
  const fake: FakeHost = {
    missing: [],
    workspaces: [{ id: 'local', label: 'Local' }],
    labels: [],
    settings: {
      xAxis: 'step',
      yScale: 'linear',
      smoothingKind: 'exponential',
      smoothing: 0,
      ignoreOutliers: false,
      groupBy: null,
      band: 'range',
    },
    layout: { size: { width: 330, height: 208 }, pinned: [], order: {}, toggled: [], limits: {} },
    images: {},
    sent: [],
    isSilent: false,
    state: undefined,
    fail: undefined,
    ...given,
    say: (message) => window.postMessage(message, '*'),
    init() {
      const { runs, labels, missing, settings } = fake;
      const layout = { experimentId: '0', layout: { settings, ...fake.layout } };
      if (fake.fail) fake.say({ type: 'error', error: fake.fail });
      else {
        fake.say({ type: 'init', runs, labels, missing, layout, workspaces: fake.workspaces });
        for (const [runId, images] of Object.entries(fake.images))
          fake.say({ type: 'images', runId, images });
      }
    },
    pointsOf: (series, maxPoints) =>
      series.map(({ runId, key, from, fromStep = -Infinity, toStep = Infinity }) => {
        const { steps, times, values } = fake.series[runId]?.[key] ?? { steps: [], times: [], values: [] };
        const indices: number[] = [];
        for (let i = from; i < values.length; i++)
          if (steps[i]! >= fromStep && steps[i]! <= toStep) indices.push(i);
        // The store keeps extremes; a stride is enough to see which points a page has asked for.
        const stride = Math.ceil(indices.length / maxPoints);
        const kept = stride > 1 ? indices.filter((_, at) => at % stride === 0) : indices;
        const column = (all: ArrayLike<number | string>) => Float64Array.from(kept, (i) => Number(all[i]));
        return {
          runId,
          key,
          total: values.length,
          reduced: stride > 1,
          steps: column(steps),
          times: column(times),
          values: column(values),
        };
      }),
    append(runId, key, points) {
      const series = ((fake.series[runId] ??= {})[key] ??= { steps: [], times: [], values: [] });
      series.steps.push(...points.steps);
      series.times.push(...points.times);
      series.values.push(...points.values);
      fake.say({ type: 'changed', runIds: [runId] });
    },
  };
  /** A picture that says what it is of. */
  const paint = async (runId: string, path: string) => {
    const size = path.includes('small') ? 128 : 512;
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext('2d')!;
    const step = Number(/step%(\d+)/.exec(path)?.[1] ?? 0);
    context.fillStyle = `hsl(${step * 3} 60% 45%)`;
    context.fillRect(0, 0, size, size);
    context.fillStyle = '#fff';
    context.font = `${size / 5}px sans-serif`;
    context.fillText(`${runId} ${step}`, size / 16, size / 2);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    fake.say({ type: 'image', runId, path, bytes });
  };
  const answer = (message: {
    type: string;
    id: number;
    runId: string;
    path: string;
    series: Wanted[];
    maxPoints: number;
  }) => {
    if (message.type === 'ready') fake.init();
    if (message.type === 'fetchImage') void paint(message.runId, message.path);
    if (message.type !== 'fetch') return;
    const { id } = message;
    if (fake.fail) {
      fake.say({ type: 'error', id, error: fake.fail });
      return;
    }
    fake.say({ type: 'points', id, points: fake.pointsOf(message.series, message.maxPoints) });
  };
  Object.assign(window, {
    fake,
    acquireVsCodeApi: () => ({
      postMessage(message: never) {
        fake.sent.push(message);
        // As in the editor, an answer never comes within the call.
        if (!fake.isSilent) setTimeout(() => answer(message), 0);
      },
      getState: () => fake.state,
      setState(state: unknown) {
        fake.state = state;
      },
    }),
  });
}
