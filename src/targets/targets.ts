import { messageOf, TrainyardError } from '../base/errors.js';
import type { TargetContext, TargetKind } from './context.js';
import type { Target } from './target.js';

/** The targets of all kinds. A kind is loaded when it is first needed. */
export class Targets {
  private readonly kinds: readonly TargetKind[];
  private readonly context: TargetContext;
  private readonly opened = new Map<TargetKind, Promise<readonly Target[]>>();
  private readonly byName = new Map<string, Target>();
  /** Called once for each target, before it is used. */
  onOpen: (target: Target) => void = () => undefined;

  constructor(kinds: readonly TargetKind[], context: TargetContext) {
    this.kinds = kinds;
    this.context = context;
  }

  /** A target that is open already. */
  known(name: string): Target | undefined {
    return this.byName.get(name);
  }

  /**
   * Kinds are opened in their order, until one has the target.
   * @returns undefined when there is none by this name
   * @throws TARGET_UNREACHABLE when a kind that may have it cannot be opened; it is tried again at the next call
   */
  async get(name: string): Promise<Target | undefined> {
    const known = this.known(name);
    if (known) return known;
    let failure: unknown;
    for (const kind of this.kinds) {
      try {
        const found = (await this.open(kind)).find((target) => target.name === name);
        if (found) return found;
      } catch (error) {
        failure = error;
      }
    }
    if (failure === undefined) return undefined;
    throw failure;
  }

  /** @throws NOT_FOUND | TARGET_UNREACHABLE */
  async require(name: string): Promise<Target> {
    const target = await this.get(name);
    if (target) return target;
    const { targets } = await this.all();
    throw new TrainyardError('NOT_FOUND', `There is no target “${name}”.`, {
      hint: `The targets are ${targets.map((other) => other.name).join(', ')}.`,
    });
  }

  /** Opens the first kind, where most jobs run. */
  async warmUp(): Promise<void> {
    const [first] = this.kinds;
    if (first) await this.open(first);
  }

  /** Every target, and the kinds that cannot be opened now. */
  async all(): Promise<{ targets: Target[]; failed: { kind: string; error: unknown }[] }> {
    const targets: Target[] = [];
    const failed: { kind: string; error: unknown }[] = [];
    for (const kind of this.kinds) {
      try {
        targets.push(...(await this.open(kind)));
      } catch (error) {
        failed.push({ kind: kind.kind, error });
      }
    }
    return { targets, failed };
  }

  async close(): Promise<void> {
    for (const opening of this.opened.values()) {
      const targets = await opening.catch(() => []);
      await Promise.all(targets.map((target) => target.close?.()));
    }
  }

  private open(kind: TargetKind): Promise<readonly Target[]> {
    let opening = this.opened.get(kind);
    if (!opening) {
      opening = this.load(kind);
      this.opened.set(kind, opening);
      opening.catch(() => this.opened.delete(kind));
    }
    return opening;
  }

  private async load({ kind, load }: TargetKind): Promise<readonly Target[]> {
    try {
      const { open } = await load();
      const targets = await open(this.context);
      const taken = targets.find(
        ({ name }, i) => this.byName.has(name) || targets.findIndex((t) => t.name === name) < i,
      );
      if (taken) throw new Error(`There is another target “${taken.name}”.`);
      for (const target of targets) {
        this.byName.set(target.name, target);
        this.onOpen(target);
      }
      return targets;
    } catch (error) {
      throw new TrainyardError('TARGET_UNREACHABLE', `Targets of the kind “${kind}” cannot be used.`, {
        hint: messageOf(error),
        cause: error,
      });
    }
  }
}
