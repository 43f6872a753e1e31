import type { CSSProperties } from 'react';

export interface ProgressStep {
  readonly name: string;
  /** 0 to 1. */
  readonly value: number;
  readonly state: 'todo' | 'now' | 'done' | 'paused';
  /** Relative width; 1 unless told. */
  readonly weight?: number;
}

export interface ProgressStepsProps {
  /** What is under way: "Download of Starter image". */
  label: string;
  steps: readonly ProgressStep[];
  /** "91.2 of 609.3 MB · 4.1 MB a second · about 2 min left" */
  text?: string | undefined;
}

/** Download, prepare, check as segments of one line; the bar never goes back. */
export function ProgressSteps({ label, steps, text }: ProgressStepsProps) {
  const now = steps.find((step) => step.state === 'now' || step.state === 'paused') ?? steps.at(-1);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round((now?.value ?? 0) * 100)}
      aria-valuetext={[now?.name, text].filter(Boolean).join(', ')}
    >
      <ol className="steps">
        {steps.map((step) => (
          <li
            key={step.name}
            className="step"
            data-state={step.state}
            style={{ '--v': step.value, '--w': step.weight ?? 1 } as CSSProperties}
          >
            <span className="step__bar" aria-hidden="true" />
            {step.name}
          </li>
        ))}
      </ol>
      <p className="num">{text ?? '\u00a0'}</p>
    </div>
  );
}
