import type { ChartsModel } from './model.js';

/** What the editor calls rows of the Runs view that are dragged. */
const ROWS = 'application/vnd.code.tree.trainyard.runs';

/** Accepts runs dropped on the page. The editor only passes a drag to a page while Shift is held. */
export function acceptRuns(page: HTMLElement & { model: ChartsModel }): void {
  const show = (isOver: boolean) => page.classList.toggle('drop-here', isOver);
  const accept = (event: DragEvent): boolean => {
    if (!event.dataTransfer?.types.includes(ROWS)) return false;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    return true;
  };
  document.addEventListener('dragover', (event) => show(accept(event)));
  document.addEventListener('dragleave', (event) => event.relatedTarget === null && show(false));
  document.addEventListener('drop', (event) => {
    show(false);
    if (accept(event)) page.model.ask({ type: 'dropped' });
  });
}
