/** The fields of a card: what the model answers, and how its input is made. */
import { useId } from 'react';
import type { OwnErrors, OwnForm, OwnLabel } from '../../state/own-card';
import { Button, Field } from '../../ui';

export interface OwnFieldsProps {
  form: OwnForm;
  errors: OwnErrors;
  onChange(form: OwnForm): void;
  onAdd(): void;
}

export function OwnFields({ form, errors, onChange, onAdd }: OwnFieldsProps) {
  const set = <Key extends keyof OwnForm>(key: Key, value: OwnForm[Key]) =>
    onChange({ ...form, [key]: value });
  const text = (
    key: 'name' | 'size' | 'mean' | 'std' | 'crop' | 'maxTokens',
    label: string,
    hint?: string,
  ) => (
    <Field
      label={label}
      hint={hint}
      error={errors[key]}
      value={form[key]}
      autoComplete="off"
      spellCheck={false}
      inputMode={key === 'size' || key === 'maxTokens' || key === 'crop' ? 'numeric' : undefined}
      onChange={(event) => set(key, event.target.value)}
    />
  );
  return (
    <>
      <div className="own__pair">
        {text('name', 'Name')}
        <Choice
          label="It reads"
          value={form.reads}
          options={{ image: 'Pictures', text: 'Text', embedding: 'Ready-made embeddings' }}
          onChange={(reads) => set('reads', reads)}
        />
      </div>
      <Labels form={form} errors={errors} onChange={(labels) => set('labels', labels)} onAdd={onAdd} />
      <div className="own__pair">
        <Choice
          label="Outputs"
          value={form.activation}
          options={{ softmax: 'Exclude each other (softmax)', sigmoid: 'Stand alone (sigmoid)' }}
          onChange={(activation) => set('activation', activation)}
        />
        {form.reads === 'text' && text('maxTokens', 'Tokens read at once')}
        {form.reads === 'image' && text('size', 'Size in pixels', 'Of the square the network sees.')}
      </div>
      {form.reads === 'image' && (
        <>
          <div className="own__pair">
            {text('mean', 'Mean', 'Red, green, blue, of values from 0 to 1.')}
            {text('std', 'Standard deviation', 'Red, green, blue.')}
          </div>
          <div className="own__pair">
            <Choice
              label="Resampling"
              value={form.resample}
              options={{
                bicubic: 'Bicubic',
                bilinear: 'Bilinear',
                'bilinear-corners': 'Bilinear, TensorFlow’s corners',
              }}
              onChange={(resample) => set('resample', resample)}
            />
            <Choice
              label="Fit"
              value={form.fit}
              options={{ stretch: 'Stretch to the square', crop: 'Crop the centre' }}
              onChange={(fit) => set('fit', fit)}
            />
            {form.fit === 'crop' && text('crop', 'Kept of the short side, in percent')}
          </div>
        </>
      )}
    </>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: Readonly<Record<Value, string>>;
  onChange(value: Value): void;
}

function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div className="fieldset">
      <label className="fieldset__label" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className="field"
        value={value}
        onChange={(event) => onChange(event.target.value as Value)}
      >
        {(Object.entries(options) as [Value, string][]).map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

interface LabelsProps {
  form: OwnForm;
  errors: OwnErrors;
  onChange(labels: readonly OwnLabel[]): void;
  onAdd(): void;
}

function Labels({ form: { labels }, errors, onChange, onAdd }: LabelsProps) {
  const put = (at: number, change: Partial<OwnLabel>) =>
    onChange(labels.map((label, index) => (index === at ? { ...label, ...change } : label)));
  return (
    <fieldset className="own__labels" data-bad={errors.labels !== undefined || undefined}>
      <legend className="fieldset__label">Labels, in the order of the outputs</legend>
      <p className="fieldset__note">
        A risk has two lines: review from, block from. The others are shown without.
      </p>
      {labels.map((label, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an output is what it is by its place
        <div className="own__label" key={at}>
          <Field
            label={`Label of output ${at}`}
            hideLabel
            placeholder={`Output ${at}`}
            value={label.name}
            error={errors[`label-${at}`]}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => put(at, { name: event.target.value })}
          />
          <label className="own__check">
            <input
              type="checkbox"
              aria-label={`Risk, output ${at}`}
              checked={label.risk}
              onChange={(event) => put(at, { risk: event.target.checked })}
            />
            Risk
          </label>
          {label.risk && (
            <>
              <Line
                label={`Review from, output ${at}`}
                value={label.review}
                error={errors[`line-${at}`]}
                onChange={(review) => put(at, { review })}
              />
              <Line
                label={`Block from, output ${at}`}
                value={label.block}
                error={errors[`line-${at}`]}
                onChange={(block) => put(at, { block })}
              />
            </>
          )}
          <Button
            size="small"
            variant="bare"
            iconOnly
            icon="minus"
            aria-label={`Remove output ${at}`}
            className="own__remove"
            onClick={() => onChange(labels.filter((_, index) => index !== at))}
          />
          {errors[`line-${at}`] && (
            <p className="fieldset__note fieldset__note--bad own__note" id={`own-line-${at}`}>
              {errors[`line-${at}`]}
            </p>
          )}
        </div>
      ))}
      {errors.labels && (
        <p className="fieldset__note fieldset__note--bad" role="alert">
          {errors.labels}
        </p>
      )}
      <div>
        <Button size="small" icon="plus" onClick={onAdd}>
          Add label
        </Button>
      </div>
    </fieldset>
  );
}

interface LineProps {
  label: string;
  value: string;
  error: string | undefined;
  onChange(value: string): void;
}

function Line({ label, value, error, onChange }: LineProps) {
  return (
    <input
      className="field own__line num"
      aria-label={label}
      aria-invalid={error ? true : undefined}
      inputMode="decimal"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
