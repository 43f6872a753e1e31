import type { ComponentPropsWithRef, MouseEvent } from 'react';
import { Icon, type IconName } from './Icon';
import { Key } from './Key';

export interface ButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'disabled' | 'type'> {
  variant?: 'default' | 'main' | 'bare' | undefined;
  size?: 'normal' | 'small' | undefined;
  icon?: IconName | undefined;
  /** Icon only: `aria-label` names it and shows as its tooltip. */
  iconOnly?: boolean | undefined;
  /** Printed on the button; the view wires the key itself. */
  shortcut?: string | undefined;
  pressed?: boolean | undefined;
  /** Stays focusable and says so (`aria-disabled`); clicks do nothing. */
  disabled?: boolean | undefined;
  /** Two labels of one button, so that its width does not change when the words do. */
  reserve?: string | undefined;
  submit?: boolean | undefined;
}

export function Button(props: ButtonProps) {
  const {
    variant = 'default',
    size = 'normal',
    icon,
    iconOnly,
    shortcut,
    pressed,
    disabled,
    reserve,
  } = props;
  const { submit, className, children, onClick, ...rest } = omitOwn(props);
  const classes = ['btn', `btn--${variant}`];
  if (size === 'small') classes.push('btn--small');
  if (iconOnly) classes.push('btn--icon');
  if (className) classes.push(className);
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (disabled) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      title={iconOnly ? rest['aria-label'] : undefined}
      {...rest}
      type={submit ? 'submit' : 'button'}
      className={classes.join(' ')}
      aria-pressed={pressed}
      aria-disabled={disabled || undefined}
      onClick={click}
    >
      {icon && <Icon name={icon} />}
      {!iconOnly && (
        <span className="btn__label" data-reserve={reserve}>
          {children}
        </span>
      )}
      {shortcut && <Key>{shortcut}</Key>}
    </button>
  );
}

function omitOwn(props: ButtonProps) {
  const {
    variant: _v,
    size: _s,
    icon: _i,
    iconOnly: _o,
    shortcut: _k,
    pressed: _p,
    disabled: _d,
    reserve: _r,
    ...rest
  } = props;
  return rest;
}
