/**
 * What is let go of where nothing takes it, the browser opens, a picture uncovered: Chromium 156 in a tab of its own.
 * Listens for as long as the page lives.
 */
export function refuseStrayDrops(): void {
  const refuse = (event: DragEvent) => {
    // Listeners of the window that come later still take it, and say so.
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  };
  for (const type of ['dragenter', 'dragover', 'drop'] as const) window.addEventListener(type, refuse);
}
