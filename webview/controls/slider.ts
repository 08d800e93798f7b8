import { html, type TemplateResult } from 'lit';
import './slider.css';

interface Options {
  label: string;
  title: string;
  min: number;
  max: number;
  step: number;
  value: number;
  format: (value: number) => string;
  onInput: (value: number) => void;
}

/** The toolkit has none. */
export function slider({ label, title, min, max, step, value, format, onInput }: Options): TemplateResult {
  return html`
    <label class="slider" title=${title}>
      <span class="control-label">${label}</span>
      <input
        type="range"
        min=${min}
        max=${max}
        step=${step}
        .value=${String(value)}
        aria-valuetext=${format(value)}
        @input=${(event: InputEvent) => onInput((event.target as HTMLInputElement).valueAsNumber)}
      />
      <output>${format(value)}</output>
    </label>
  `;
}
