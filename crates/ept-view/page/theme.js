// Dark or light: as the system says, until the switch is pressed.

import { button } from './elements.js';

/** @param {() => void} onChange */
export function startTheme(onChange) {
  const system = matchMedia('(prefers-color-scheme: light)');
  /** @type {string|null} */
  let chosen = null;
  const apply = () => {
    const theme = chosen ?? (system.matches ? 'light' : 'dark');
    document.documentElement.dataset.theme = theme;
    onChange();
    return theme;
  };
  system.addEventListener('change', apply);
  button('theme').addEventListener('click', () => {
    chosen = document.documentElement.dataset.theme === 'light' ? 'dark' : 'light';
    apply();
  });
  apply();
}
