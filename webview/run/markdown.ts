import { html, type TemplateResult } from 'lit';
import { Lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { t } from '../shared/l10n.js';

/**
 * Markdown as templates. The library only reads the text; no HTML is made of strings, so nothing in a note can become
 * an element or an attribute that is not named here. HTML within a note is shown as text, a picture as a link.
 */
export function markdown(text: string, onLink: (href: string) => void): TemplateResult {
  const draw = (tokens: readonly Token[] | undefined): unknown[] =>
    (tokens ?? []).map((token) => one(token as MarkedToken));

  function one(token: MarkedToken): unknown {
    switch (token.type) {
      case 'heading':
        return heading(token.depth, draw(token.tokens));
      case 'paragraph':
        return html`<p>${draw(token.tokens)}</p>`;
      case 'text':
        return token.tokens ? draw(token.tokens) : decoded(token.text);
      case 'escape':
        return token.text;
      case 'strong':
        return html`<strong>${draw(token.tokens)}</strong>`;
      case 'em':
        return html`<em>${draw(token.tokens)}</em>`;
      case 'del':
        return html`<del>${draw(token.tokens)}</del>`;
      case 'codespan':
        return html`<code>${token.text}</code>`;
      case 'code':
        return html`<pre><code>${token.text}</code></pre>`;
      case 'br':
        return html`<br />`;
      case 'hr':
        return html`<hr />`;
      case 'blockquote':
        return html`<blockquote>${draw(token.tokens)}</blockquote>`;
      case 'link':
        return link(token.href, draw(token.tokens));
      case 'image':
        return link(token.href, [token.text || token.href]);
      case 'list': {
        const items = token.items.map(
          (item) => html`<li class=${item.task ? 'task' : ''}>${draw(item.tokens)}</li>`,
        );
        return token.ordered
          ? html`<ol start=${token.start === '' ? 1 : token.start}>
              ${items}
            </ol>`
          : html`<ul>
              ${items}
            </ul>`;
      }
      case 'checkbox':
        return html`<input type="checkbox" disabled .checked=${token.checked} aria-label=${t('Done')} /> `;
      case 'table':
        return table(token);
      case 'html':
        return token.text;
      case 'space':
      case 'def':
        return '';
      case 'list_item':
        return draw(token.tokens);
    }
  }

  function link(href: string, content: unknown[]): unknown {
    // What is no address of the web stays text: there is nothing it could lead to.
    if (!/^(https?:\/\/|mailto:)/i.test(href)) return content;
    return html`<a
      href=${href}
      title=${href}
      @click=${(event: Event) => {
        event.preventDefault();
        // The editor would open the link by itself, too.
        event.stopPropagation();
        onLink(href);
      }}
      >${content}</a
    >`;
  }

  function table({ header, rows }: Tokens.Table): TemplateResult {
    return html`<table>
      <thead>
        <tr>
          ${header.map((cell) => html`<th scope="col">${draw(cell.tokens)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${draw(cell.tokens)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  return html`${draw(Lexer.lex(text))}`;
}

/** The page has headings of its own above those of a note. */
function heading(depth: number, content: unknown[]): TemplateResult {
  if (depth === 1) return html`<h3>${content}</h3>`;
  if (depth === 2) return html`<h4>${content}</h4>`;
  return html`<h5>${content}</h5>`;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };

function decoded(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|nbsp);/g, (_, name: string) => ENTITIES[name] ?? '');
}
