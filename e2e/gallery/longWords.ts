/** 90 characters, as cameras and exports make them. */
export const longName =
  'harbour-fair-2026-06-14-first-light-two-crates-of-pineapple-on-the-quay-final-v12-edit.jpg';
export const longLabel = 'Verdacht auf Ananas oder ananasähnliche Südfrüchte in der Auslage';
