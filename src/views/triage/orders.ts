import type { Order } from '../../core/triage/orders';

/** The orders of a run's items, as they are called. */
export const ORDERS: readonly { readonly value: Order; readonly label: string }[] = [
  { value: 'risk', label: 'Risk' },
  { value: 'uncertainty', label: 'Uncertainty' },
  { value: 'mixed', label: 'Mixed' },
  { value: 'disagreement', label: 'Disagreement' },
  { value: 'name', label: 'Name' },
  { value: 'size', label: 'Size' },
  { value: 'added', label: 'As added' },
];
