import { html, type TemplateResult } from 'lit';
import './segmented.css';

interface Options<T extends string> {
  /** Of the group, unique in the page. */
  name: string;
  label: string;
  options: readonly { value: T; label: string; title: string }[];
  /** undefined: none of them */
  value: T | undefined;
  onChange: (value: T) => void;
}

/** A choice of a few options: radio buttons that look like a segmented control. */
export function segmented<T extends string>({
  name,
  label,
  options,
  value,
  onChange,
}: Options<T>): TemplateResult {
  return html`
    <div class="segmented" role="radiogroup" aria-label=${label}>
      <span class="control-label" aria-hidden="true">${label}</span>
      <span class="segments">
        ${options.map(
          (option) => html`
            <label title=${option.title}>
              <input
                type="radio"
                name=${name}
                .checked=${option.value === value}
                @change=${() => onChange(option.value)}
              /><span>${option.label}</span>
            </label>
          `,
        )}
      </span>
    </div>
  `;
}
