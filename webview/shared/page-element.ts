import { LitElement } from 'lit';
import { follow } from './follow.js';

/** An element of a panel. It draws into the page itself, whose styles it shares. */
export class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** While it is on the page. @param listen begins to listen, until disposed */
  protected whileThere(listen: () => { dispose(): void }): void {
    this.addController(follow(listen));
  }
}
