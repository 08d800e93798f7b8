import { TrainyardError } from '../base/errors.js';
import { readList, watchList } from '../workspace/configuration/file.js';
import { completeList, type WorkspaceEntry, type WorkspaceList } from '../workspace/configuration/list.js';
import { type Credentials, openWorkspace, type Surroundings } from '../workspace/registry.js';
import { LOCAL_ID } from '../workspace/run-ref.js';
import type { WorkspaceEvent } from '../workspace/types.js';
import type { Workspace } from '../workspace/workspace.js';

/** Something changed in the workspace of this id. */
export type PlacedEvent = WorkspaceEvent & { readonly workspace: string };

/** A workspace of the list: opened, or with what keeps it from being opened. */
export type ListedWorkspace =
  | { readonly entry: WorkspaceEntry; readonly workspace: Workspace; readonly error?: undefined }
  | { readonly entry: WorkspaceEntry; readonly workspace?: undefined; readonly error: unknown };

export interface WorkspacesOptions {
  /** Of the workspace of this computer; absolute. The list is kept there. */
  home: string;
  /** The server's bundle. */
  serverEntry: string;
  credentialsOf(workspace: string): Credentials;
  /** Stores which workspace this window submits to. */
  state: { get(key: string): unknown; update(key: string, value: unknown): PromiseLike<void> };
  /** Default: as its kind says. */
  open?(entry: WorkspaceEntry, surroundings: Surroundings): Promise<Workspace>;
  /** Receives errors from reading the list again after somebody changed it. */
  onError(error: unknown): void;
}

interface Disposable {
  dispose(): void;
}

const ACTIVE_KEY = 'workspaces.active';

/**
 * The workspaces of a person, as the list in the home says, which other windows and the command line change, too. They
 * are opened when the list is read; that makes no request. What is done with a run is done in its workspace: `of`.
 */
export class Workspaces implements Disposable {
  readonly #options: WorkspacesOptions;
  readonly #changed = new Set<() => void>();
  readonly #followers = new Set<Follower>();
  #listed: readonly ListedWorkspace[] = [];
  #list: WorkspaceList = completeList({});
  #problem: unknown;
  #watching: Disposable | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: WorkspacesOptions) {
    this.#options = options;
  }

  /** Reads the list and follows it. Nothing is here before. A list that cannot be read leaves the workspace of this computer. */
  async load(): Promise<void> {
    this.#watching ??= watchList(this.#options.home, () => {
      this.reload().catch(this.#options.onError);
    });
    await this.reload();
  }

  /** Those that could be opened, in the order of the list. */
  get all(): readonly Workspace[] {
    return this.#listed.flatMap(({ workspace }) => workspace ?? []);
  }

  /** Every one of the list. */
  get listed(): readonly ListedWorkspace[] {
    return this.#listed;
  }

  /** Why the list could not be read; undefined when it could. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Id of the one that submits of this window go to. */
  get activeId(): string {
    const own = this.#options.state.get(ACTIVE_KEY);
    return this.#listed.some(({ entry }) => entry.id === own) ? String(own) : this.#list.active;
  }

  /** The one that submits of this window go to. @throws what keeps it from being opened */
  get active(): Workspace {
    return this.of({ workspace: this.activeId });
  }

  /** Makes it the one that submits of this window go to. @throws NOT_FOUND */
  async activate(id: string): Promise<void> {
    this.listedOf(id);
    await this.#options.state.update(ACTIVE_KEY, id);
    this.#tell();
  }

  /**
   * The workspace of a run, or of anything else that names one.
   * @throws NOT_FOUND when it was removed | what keeps it from being opened
   */
  of({ workspace: id }: { readonly workspace: string }): Workspace {
    const { workspace, error } = this.listedOf(id);
    if (workspace) return workspace;
    throw error;
  }

  /** @throws NOT_FOUND when it was removed */
  listedOf(id: string): ListedWorkspace {
    const found = this.#listed.find(({ entry }) => entry.id === id);
    if (found) return found;
    throw new TrainyardError('NOT_FOUND', `The workspace “${id}” no longer exists.`, {
      hint: 'It was removed, or belongs to another computer.',
    });
  }

  /** What a workspace is called; of one that was removed, its id. */
  labelOf(id: string): string {
    return this.#listed.find(({ entry }) => entry.id === id)?.entry.name ?? id;
  }

  /** What a workspace of the list is opened with. */
  surroundingsOf(id: string): Surroundings {
    const { home, serverEntry, credentialsOf } = this.#options;
    return { home, serverEntry, credentials: credentialsOf(id) };
  }

  /** Calls back when workspaces came, went or were renamed, or another is active, until disposed. */
  onDidChange(listener: () => void): Disposable {
    this.#changed.add(listener);
    return { dispose: () => this.#changed.delete(listener) };
  }

  /**
   * The events of all workspaces, of those that come later, too, until disposed.
   * @param isWanted which are listened to; default: all. It is asked again when the list changes
   */
  onEvent(
    listener: (event: PlacedEvent) => void,
    isWanted: (workspace: Workspace) => boolean = () => true,
  ): Disposable {
    const follower = new Follower(listener, isWanted);
    this.#followers.add(follower);
    follower.follow(this.all);
    return {
      dispose: () => {
        this.#followers.delete(follower);
        follower.follow([]);
      },
    };
  }

  /** Reads the list again, and opens what could not be opened before. */
  reload(): Promise<void> {
    // In sequence, so that an older list never replaces a newer one.
    this.#reading = this.#reading.then(
      () => this.#read(),
      () => this.#read(),
    );
    return this.#reading;
  }

  dispose(): void {
    this.#watching?.dispose();
    for (const follower of this.#followers) follower.follow([]);
    this.#followers.clear();
    this.#changed.clear();
  }

  async #read(): Promise<void> {
    try {
      this.#list = await readList(this.#options.home);
      this.#problem = undefined;
    } catch (error) {
      // Those that are known stay: a person may be editing the file.
      this.#problem = error;
      this.#options.onError(error);
    }
    const before = new Map(this.#listed.map((listed) => [listed.entry.id, listed]));
    this.#listed = await Promise.all(
      this.#list.workspaces.map((entry) => {
        const known = before.get(entry.id);
        const isSame = known?.workspace && JSON.stringify(known.entry) === JSON.stringify(entry);
        return isSame ? known : this.#open(entry);
      }),
    );
    this.#tell();
  }

  async #open(entry: WorkspaceEntry): Promise<ListedWorkspace> {
    try {
      const { open = openWorkspace } = this.#options;
      return { entry, workspace: await open(entry, this.surroundingsOf(entry.id)) };
    } catch (error) {
      if (entry.id === LOCAL_ID) throw error;
      return { entry, error };
    }
  }

  #tell(): void {
    for (const follower of this.#followers) follower.follow(this.all);
    for (const listener of this.#changed) listener();
  }
}

/** Somebody who listens to workspaces, as there are more or fewer of them. */
class Follower {
  readonly #listener: (event: PlacedEvent) => void;
  readonly #isWanted: (workspace: Workspace) => boolean;
  readonly #followed = new Map<Workspace, Disposable>();

  constructor(listener: (event: PlacedEvent) => void, isWanted: (workspace: Workspace) => boolean) {
    this.#listener = listener;
    this.#isWanted = isWanted;
  }

  follow(all: readonly Workspace[]): void {
    const wanted = new Set(all.filter(this.#isWanted));
    for (const [workspace, subscription] of this.#followed)
      if (!wanted.has(workspace)) {
        this.#followed.delete(workspace);
        subscription.dispose();
      }
    for (const workspace of wanted)
      if (!this.#followed.has(workspace))
        this.#followed.set(
          workspace,
          workspace.onEvent((event) => this.#listener({ ...event, workspace: workspace.id })),
        );
  }
}
