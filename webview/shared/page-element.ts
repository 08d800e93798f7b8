import { LitElement } from 'lit';

/** An element of a panel. It draws into the page itself, whose styles it shares. */
export class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
