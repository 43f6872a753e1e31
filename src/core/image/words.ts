/** 1,234,567: by hand, because the first call of `toLocaleString` loads ICU data for longer than a refusal may take. */
export function grouped(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}
