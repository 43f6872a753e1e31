import { type ComponentPropsWithRef, useId } from 'react';

export interface FieldProps extends ComponentPropsWithRef<'input'> {
  label: string;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean | undefined;
  hint?: string | undefined;
  /** What is wrong and what to do; marks the field invalid. */
  error?: string | undefined;
}

/** A labelled text field. Hint and error are tied to it for screen readers. */
export function Field({ label, hideLabel, hint, error, className, ...input }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="fieldset">
      <label className={hideLabel ? 'sr' : 'fieldset__label'} htmlFor={id}>
        {label}
      </label>
      <input
        {...input}
        id={id}
        className={className ? `field ${className}` : 'field'}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
      />
      {note && (
        <p id={`${id}-note`} className={error ? 'fieldset__note fieldset__note--bad' : 'fieldset__note'}>
          {note}
        </p>
      )}
    </div>
  );
}
