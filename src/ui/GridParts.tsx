import type { ComponentProps } from 'react';

/**
 * Rows and cells of a grid whose rows are drawn a few at a time, which a table's cannot be. They are not focusable: the
 * grid has the focus and names the row (`aria-activedescendant`).
 */
export const Row = (props: ComponentProps<'div'>) => <div {...props} />;
export const Cell = (props: ComponentProps<'span'>) => <span {...props} />;
