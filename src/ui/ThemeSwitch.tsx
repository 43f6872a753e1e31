import { useId } from 'react';
import { Icon } from './Icon';

export type Theme = 'system' | 'light' | 'dark';

export interface ThemeSwitchProps {
  value: Theme;
  onChange(theme: Theme): void;
}

const words: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

export function ThemeSwitch({ value, onChange }: ThemeSwitchProps) {
  const name = useId();
  return (
    <fieldset className="seg">
      <legend className="sr">Theme</legend>
      {(['system', 'light', 'dark'] as const).map((theme) => (
        <label key={theme} className="seg__item">
          <input type="radio" name={name} checked={value === theme} onChange={() => onChange(theme)} />
          <Icon name={theme} />
          {words[theme]}
        </label>
      ))}
    </fieldset>
  );
}

/**
 * Every colour is `light-dark()`, so a theme is nothing but the root's `color-scheme`. Set by an attribute and
 * the style sheet, not in `style`: a build that rewrites `light-dark()` for older browsers follows only rules.
 */
export function applyTheme(theme: Theme, root: HTMLElement = document.documentElement): void {
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
}
