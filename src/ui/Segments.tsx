import { useId } from 'react';
import { formatCount } from './format';

export interface SegmentsProps<T extends string> {
  /** Names the choice for screen readers. */
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly label: string; readonly count?: number }[];
  onChange(value: T): void;
}

/** One of a few, all in sight. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset className="seg seg--small">
      <legend className="sr">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="seg__item">
          <input
            type="radio"
            name={name}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          <span data-reserve={option.label}>{option.label}</span>
          {option.count !== undefined && <span className="num meta">{formatCount(option.count)}</span>}
        </label>
      ))}
    </fieldset>
  );
}
